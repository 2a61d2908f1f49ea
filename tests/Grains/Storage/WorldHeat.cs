using System.Globalization;
using System.Text;
using Actors.Storage.Heat;
using Actors.Storage.Policies;

namespace Actors.Grains.Tests.Storage;

/// <summary>Heat as a test says it is; a volume of which nothing is said is not measured.</summary>
internal sealed class WorldHeat(TimeProvider time) : IHeatSource
{
    private static readonly HeatOptions Options = new();

    /// <summary>Operations per second by volume.</summary>
    public Dictionary<string, double> Iops { get; } = [];

    /// <summary>Why nothing can be read; null: it can.</summary>
    public string? Failure { get; set; }

    /// <summary>What every answer waits for; null: none waits.</summary>
    public Task? Hang { get; set; }

    public int Reads { get; private set; }

    public async Task<HeatReadings> ReadAsync(IEnumerable<StoragePolicySpec> policies, CancellationToken stopping)
    {
        Reads++;
        if (Hang is { } hang) await hang.WaitAsync(stopping).ConfigureAwait(false);
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        return new HeatReadings(
            HeatPlan.Of(policies, Options).Select(query => new WindowHeat(query, Answer(volume => Iops[volume]), Answer(_ => 100_000), Answer(_ => 1), nowMs)), Options, nowMs);
    }

    private PrometheusAnswer Answer(Func<string, double> of)
    {
        if (Failure is { } failure) return PrometheusAnswer.Failed(failure);
        var series = Iops.Keys.Select(volume => $$"""{"metric":{"pv_name":"{{volume}}"},"value":[1,"{{of(volume).ToString(CultureInfo.InvariantCulture)}}"]}""");
        return PrometheusAnswer.Read(Encoding.UTF8.GetBytes("""{"status":"success","data":{"resultType":"vector","result":[""" + string.Join(',', series) + "]}}"), Options.VolumeLabel, Options.MaxSeries);
    }
}
