namespace Actors.Storage.Heat;

/// <summary>What a metric counts.</summary>
public enum HeatMetricKind
{
    /// <summary>Operations per second: averaged.</summary>
    Gauge,

    /// <summary>Operations ever: its rate is taken. An average of it grows for ever and means nothing.</summary>
    Counter,
}
