using System.Buffers;

namespace Actors.Log;

/// <summary>What a checkpoint says, taken between two windows of the segment writer, and what must be synced before it may be said.</summary>
internal sealed class CheckpointImage
{
    /// <summary>Everything below has been applied; the exact end of a flush.</summary>
    public required long Lsn { get; init; }

    /// <summary>The newest use of a write-ahead file whose header was synced.</summary>
    public required long WalSequence { get; init; }

    /// <summary>Ids below were given away.</summary>
    public required long NextLogId { get; init; }

    /// <summary>All logs, in their binary form.</summary>
    public required ArrayBufferWriter<byte> Logs { get; init; }

    public required int LogCount { get; init; }

    /// <summary>Producers that it leaves out because all logs together have more than are kept; those who were silent for too long do not count.</summary>
    public int ForgottenProducers { get; init; }

    /// <summary>Logs whose start moved, so that segments below it can go once the checkpoint is durable.</summary>
    public required IReadOnlyList<(StoredLog Log, long StartOffset)> Trims { get; init; }

    public required DirtySet Dirty { get; init; }

    /// <summary>Takes the image. On the segment writer's thread.</summary>
    /// <param name="nowMs">Broker's time in milliseconds since 1970: producers that have been silent too long are left out.</param>
    public static CheckpointImage Take(LogApplier applier, LogRegistry registry, ProducerStatesOptions producers, long lsn, long walSequence, long nowMs)
    {
        StoredLog[] created = [.. registry.All.Where(l => l.Applied.IsCreated).OrderBy(l => l.Id)];
        int forgotten = ForgetProducers([.. created.Select(l => l.Applied.Producers).OfType<ProducerStates>()], producers, nowMs);
        var logs = new ArrayBufferWriter<byte>(64 * 1024);
        var trims = new List<(StoredLog, long)>();
        foreach (StoredLog log in created)
        {
            LogStateCodec.Write(logs, log);
            if (log.Segments is [{ IsClosed: true } first, ..] && first.NextOffset <= log.Applied.StartOffset)
                trims.Add((log, log.Applied.StartOffset));
        }

        DirtySet dirty = applier.Dirty;
        applier.Dirty = new DirtySet();
        return new CheckpointImage
        {
            Lsn = lsn,
            WalSequence = walSequence,
            NextLogId = registry.NextId,
            Logs = logs,
            LogCount = created.Length,
            ForgottenProducers = forgotten,
            Trims = trims,
            Dirty = dirty,
        };
    }

    /// <returns>How many had to go though they were not due.</returns>
    private static int ForgetProducers(ProducerStates[] logs, ProducerStatesOptions options, long nowMs)
    {
        foreach (ProducerStates states in logs)
            states.RemoveExpired(nowMs);
        long before = logs.Sum(s => (long)s.Count);
        for (int kept = options.MaxProducers / 2; kept > 0 && logs.Sum(s => (long)s.Count) > options.MaxProducersInAll; kept /= 2)
        {
            foreach (ProducerStates states in logs)
                states.KeepNewest(kept);
        }

        return (int)(before - logs.Sum(s => (long)s.Count));
    }
}
