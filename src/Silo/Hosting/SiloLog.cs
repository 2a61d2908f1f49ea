namespace Actors.Silo.Hosting;

/// <summary>What a silo says about its own life. Event ids from 1000.</summary>
internal static partial class SiloLog
{
    [LoggerMessage(4000, LogLevel.Information, "Silo {Name} (node {NodeId}, version {Version}) starts")]
    public static partial void Starts(this ILogger logger, string name, int nodeId, string version);

    [LoggerMessage(4001, LogLevel.Information, "Silo {Name} is ready after {StartMs} ms: Kafka on {Kafka}, web page on http://{Http}/, data in {Data}")]
    public static partial void Ready(this ILogger logger, string name, long startMs, string kafka, string http, string data);

    [LoggerMessage(4002, LogLevel.Information, "Silo {Name} stops: it takes nothing new and finishes what it accepted")]
    public static partial void Stops(this ILogger logger, string name);

    [LoggerMessage(4003, LogLevel.Information, "Silo {Name} has stopped after {StopMs} ms")]
    public static partial void Stopped(this ILogger logger, string name, long stopMs);

    [LoggerMessage(4004, LogLevel.Error, "Silo {Name} did not stop within {LimitMs} ms; it was still {Step}. What was acknowledged is on the disk; the next start recovers it")]
    public static partial void StopTimedOut(this ILogger logger, string name, int limitMs, string step);

    [LoggerMessage(4005, LogLevel.Error, "Silo {Name} failed while it was stopping ({Step})")]
    public static partial void StopFailed(this ILogger logger, Exception failure, string name, string step);

    [LoggerMessage(4006, LogLevel.Critical, "Silo {Name} failed ({Step})")]
    public static partial void Failed(this ILogger logger, Exception failure, string name, string step);

    [LoggerMessage(4008, LogLevel.Warning, "{Problem}")]
    public static partial void CodecMissing(this ILogger logger, string problem);

    [LoggerMessage(4007, LogLevel.Information, "Options of {Section}: {Values}")]
    public static partial void Options(this ILogger logger, string section, string values);
}
