namespace Actors.Storage.Heat;

/// <summary>What a round of questions came to: the heat of every volume over every window that was asked for. It does not change.</summary>
public sealed class HeatReadings
{
    private readonly Dictionary<TimeSpan, WindowHeat> _windows;
    private readonly HeatOptions _options;
    private readonly long _atMs;

    /// <summary>Puts answers together.</summary>
    /// <param name="windows">The answers, one for each window.</param>
    /// <param name="options">What is believed.</param>
    /// <param name="atMs">When the round was, in milliseconds since 1970; for readings of windows that nobody asked for.</param>
    public HeatReadings(IEnumerable<WindowHeat> windows, HeatOptions options, long atMs)
    {
        _windows = windows.ToDictionary(window => window.Query.Window);
        _options = options;
        _atMs = atMs;
    }

    /// <summary>The windows that were asked for.</summary>
    public IReadOnlyCollection<TimeSpan> Windows => _windows.Keys;

    /// <summary>A volume's heat over a window; unknown with its reason when it is not known.</summary>
    /// <param name="volume">As the metrics' label names it.</param>
    /// <param name="window">A policy's sampling window.</param>
    public HeatReading Of(string volume, TimeSpan window) => _windows.TryGetValue(window, out var heat)
        ? HeatReading.Of(volume, heat.Query, heat.Iops, heat.Coverage, heat.Age, _options, heat.AtMs)
        : new HeatReading(null, FormattableString.Invariant($"nobody asked for a window of {window.TotalSeconds:0} s"), _atMs);
}
