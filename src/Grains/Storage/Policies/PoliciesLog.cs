using Microsoft.Extensions.Logging;

namespace Actors.Grains.Storage;

/// <summary>What the grain of the policies reports. Event ids 2510-2519.</summary>
internal static partial class PoliciesLog
{
    [LoggerMessage(2510, LogLevel.Information, "Policy {Policy} was {Change}")]
    public static partial void Changed(ILogger logger, string policy, string change);

    [LoggerMessage(2511, LogLevel.Debug, "{Policies} policies were reconciled over {Volumes} volumes in {DurationMs} ms; {Moves} are to move")]
    public static partial void Reconciled(ILogger logger, int policies, int volumes, long durationMs, int moves);

    [LoggerMessage(2512, LogLevel.Warning, "Policies were not reconciled, and nothing moves by them; it is tried again in {Seconds} s. {Reason}")]
    public static partial void NotReconciled(ILogger logger, double seconds, string reason);

    [LoggerMessage(2513, LogLevel.Information, "Volume {Volume} is to move from the {From} to the {To} tier by policy {Policy}: {Why}")]
    public static partial void Decided(ILogger logger, string volume, string from, string to, string policy, string why);

    [LoggerMessage(2514, LogLevel.Warning, "Volume {Volume} has not taken its order yet; it is given it again")]
    public static partial void NotBegun(ILogger logger, Exception? failure, string volume);

    [LoggerMessage(2515, LogLevel.Warning, "The end of order {Order} of volume {Volume} was told, which is not known here")]
    public static partial void UnknownEnd(ILogger logger, Guid order, string volume);

    [LoggerMessage(2516, LogLevel.Error, "A reconcile has failed; it is tried again in {Seconds} s")]
    public static partial void Failed(ILogger logger, Exception failure, double seconds);

    [LoggerMessage(2517, LogLevel.Debug, "What is kept of volume {Volume}, which is gone, could not be cleared; it is tried again after the next reconcile")]
    public static partial void NotCleared(ILogger logger, Exception failure, string volume);

    [LoggerMessage(2520, LogLevel.Error, "Policies of {Source} are not followed for a few seconds")]
    public static partial void NotFollowed(ILogger logger, Exception failure, string source);

    [LoggerMessage(2521, LogLevel.Warning, "What became of {Policy} is not shown where it is kept; it is written again. {Reason}")]
    public static partial void StatusNotWritten(ILogger logger, string policy, string reason);
}
