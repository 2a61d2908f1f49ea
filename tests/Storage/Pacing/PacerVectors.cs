using System.Text.Json;
using Actors.Storage.Pacing;

namespace Actors.Storage.Tests.Pacing;

/// <summary>The published runs of DRBD's controller, tick by tick (drbd-pacer-vectors.json).</summary>
internal static class PacerVectors
{
    private static readonly Lazy<JsonElement> Root = new(static () =>
    {
        using var stream = typeof(PacerVectors).Assembly.GetManifestResourceStream("drbd-pacer-vectors.json")!;
        return JsonDocument.Parse(stream).RootElement;
    });

    /// <summary>The runs' names.</summary>
    public static IEnumerable<string> Names => Root.Value.EnumerateObject().Select(run => run.Name);

    /// <summary>A run's options.</summary>
    public static ResyncPacerOptions Options(string name)
    {
        var config = Root.Value.GetProperty(name).GetProperty("config");
        return new ResyncPacerOptions
        {
            ResyncRateKiBps = config.GetProperty("resync_rate").GetInt32(),
            PlanAheadTenthsOfSecond = config.GetProperty("plan_ahead").GetInt32(),
            DelayTargetTenthsOfSecond = config.GetProperty("delay_target").GetInt32(),
            FillTargetSectors = config.GetProperty("fill_target_sect").GetInt32(),
            MaxRateKiBps = config.GetProperty("max_rate").GetInt32(),
            MaxBufferPages = config.GetProperty("max_buffers").GetInt32(),
        };
    }

    /// <summary>A run's ticks, in order.</summary>
    public static IEnumerable<JsonElement> Ticks(string name) => Root.Value.GetProperty(name).GetProperty("ticks").EnumerateArray();
}
