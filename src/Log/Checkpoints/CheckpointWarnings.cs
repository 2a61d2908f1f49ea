using Microsoft.Extensions.Logging;

namespace Actors.Log;

/// <summary>Says what an operator should know of checkpoints while there is time to act; each warning at most once an hour.</summary>
/// <remarks>On the checkpointer's thread.</remarks>
internal sealed partial class CheckpointWarnings(LogOptions options, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    private long? _producersSaid;
    private long? _sizeSaid;
    private long _forgotten;

    /// <summary>A checkpoint has been made.</summary>
    /// <param name="maxBytes">Most that the logs of a checkpoint may take.</param>
    public void Made(CheckpointImage image, int maxBytes)
    {
        _forgotten += image.ForgottenProducers;
        if (_forgotten > 0 && IsDue(ref _producersSaid))
        {
            LogProducersForgotten(options.Directory, _forgotten, options.Producers.MaxProducersInAll);
            _forgotten = 0;
        }

        int bytes = image.Logs.WrittenCount;
        if (bytes >= maxBytes / 2 && IsDue(ref _sizeSaid))
            LogLarge(options.Directory, bytes, (int)(100L * bytes / maxBytes), image.LogCount);
    }

    private bool IsDue(ref long? said)
    {
        long now = time.GetTimestamp();
        if (said is { } before && time.GetElapsedTime(before, now) < Interval)
            return false;
        said = now;
        return true;
    }

    [LoggerMessage(EventId = 3109, Level = LogLevel.Warning, Message = "{Directory}: {Producers} idempotent producers were left out of checkpoints, those that had been silent longest: all partitions together keep {MostProducers} over a restart. After a restart a batch that one of them sends again is not known as a repetition and is stored twice. Let clients keep their producers instead of making new ones.")]
    private partial void LogProducersForgotten(string directory, long producers, int mostProducers);

    [LoggerMessage(EventId = 3110, Level = LogLevel.Warning, Message = "{Directory}: a checkpoint takes {Bytes} bytes, {Percent} % of what can be read back at start, for {Logs} partitions. Larger ones are not written, and the silo then stops writing and deletes nothing any more: delete topics now, or move some to another silo, or make segments larger (segment.bytes).")]
    private partial void LogLarge(string directory, int bytes, int percent, int logs);
}
