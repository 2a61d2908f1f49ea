using Actors.Storage.Migrations;
using Microsoft.Extensions.Logging;

namespace Actors.Grains.Storage;

/// <summary>What volumes' grains report. Event ids 2500-2509.</summary>
internal static partial class VolumeLog
{
    [LoggerMessage(2500, LogLevel.Information, "Volume {Volume} begins to move from {Source} to {Target} (order {Order})")]
    public static partial void Begins(ILogger logger, string volume, string source, string target, Guid order);

    [LoggerMessage(2501, LogLevel.Debug, "Volume {Volume}: {Before} is followed by {After}; {Reason}")]
    public static partial void Enters(ILogger logger, string volume, MigrationPhase before, MigrationPhase after, string reason);

    [LoggerMessage(2502, LogLevel.Information, "Volume {Volume} has moved to {Target}")]
    public static partial void Done(ILogger logger, string volume, string target);

    [LoggerMessage(2503, LogLevel.Warning, "Volume {Volume} has not moved to {Target}: {Reason}")]
    public static partial void NotDone(ILogger logger, string volume, string target, string reason);

    [LoggerMessage(2504, LogLevel.Warning, "Volume {Volume} is longer in {Phase} than it should be, and nothing but trying on is left; look at its back end. {Problem}")]
    public static partial void Overdue(ILogger logger, string volume, MigrationPhase phase, string problem);

    [LoggerMessage(2505, LogLevel.Debug, "Volume {Volume}: {Effect} has failed and is tried again")]
    public static partial void EffectFailed(ILogger logger, Exception failure, string volume, MigrationEffect effect);

    [LoggerMessage(2506, LogLevel.Debug, "Volume {Volume} could not be read")]
    public static partial void NotRead(ILogger logger, Exception failure, string volume);

    [LoggerMessage(2507, LogLevel.Debug, "Volume {Volume} could not ask for its share, or give it back; it goes by what it has until that ends")]
    public static partial void ShareNotAsked(ILogger logger, Exception failure, string volume);

    [LoggerMessage(2508, LogLevel.Debug, "Volume {Volume} could not tell what became of its order; it tells it again")]
    public static partial void NotTold(ILogger logger, Exception failure, string volume);

    [LoggerMessage(2509, LogLevel.Debug, "Volume {Volume} is looked after elsewhere from now on, and its copy could not be stopped here; it ends with its share")]
    public static partial void NotStopped(ILogger logger, Exception failure, string volume);
}
