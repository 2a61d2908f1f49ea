using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Actors.Log.Tests.Support;

/// <summary>What every test of the store starts from.</summary>
internal static class TestLog
{
    public const int KiB = 1 << 10;
    public const int MiB = 1 << 20;

    public static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    /// <summary>Small files, so that a few kilobytes roll, recycle and make checkpoints.</summary>
    public static LogOptions SmallOptions(string directory = "/data", int seed = 1) => new()
    {
        Directory = directory,
        WalFileBytes = 128 * KiB,
        MaxWalBytes = 1_024 * KiB,
        CheckpointBytes = 256 * KiB,
        SlabBytes = 32 * KiB,
        MaxFlushBytes = 32 * KiB,
        MaxSlabBytes = 512 * KiB,
        MaxAppendBytes = 48 * KiB,
        WriteBehindBytes = 16 * KiB,
        ReserveBytes = 64 * KiB,
        MaxOpenFiles = 8,
        MaxSingleSyncs = 4,
        IndexIntervalBytes = 256,
        Seed = seed,
    };

    public static LogStore Open(IFileSystem files, LogOptions options, bool hasThreads = true, LogMetrics? metrics = null, TimeProvider? time = null, ILoggerFactory? loggers = null) =>
        LogStore.Open(options, files, time ?? TimeProvider.System, metrics ?? LogMetrics.Standalone(), loggers ?? NullLoggerFactory.Instance, hasThreads);

    /// <summary>One batch of records; without a producer unless one is named.</summary>
    public static byte[] Batch(int records, int valueBytes, long timestampMs = 1_000, byte fill = 7, long producerId = -1, int sequence = 0)
    {
        var options = new RecordBatchOptions();
        if (producerId >= 0)
            options = options with { ProducerId = producerId, ProducerEpoch = 0, BaseSequence = sequence };
        var builder = new RecordBatchBuilder(options);
        for (int i = 0; i < records; i++)
        {
            var value = new byte[valueBytes];
            Array.Fill(value, fill);
            builder.Append(timestampMs + i, null, value);
        }

        return builder.Build();
    }

    public static LogAppend Append(byte[] batch, long baseOffset)
    {
        Assert.True(RecordBatchHeader.TryParse(batch, out RecordBatchHeader header));
        return new LogAppend { Batch = batch, Header = header, BaseOffset = baseOffset };
    }

    /// <summary>Appends batches at the end of the log, as a leader does; they must be taken.</summary>
    public static void MustAppend(PartitionLog log, params byte[][] batches) => Assert.Equal(AppendRefusal.None, TryAppend(log, batches));

    /// <summary>Appends batches at the end of the log, as a leader does.</summary>
    public static AppendRefusal TryAppend(PartitionLog log, params byte[][] batches)
    {
        var appends = new List<LogAppend>();
        long next = log.EndOffset;
        foreach (byte[] batch in batches)
        {
            appends.Add(Append(batch, next));
            Assert.Equal(ProducerVerdict.Ok, log.Producers.Stage(appends[^1].Header, next, 1_000).Verdict);
            next = appends[^1].NextOffset;
        }

        return log.Append(appends.ToArray(), Math.Max(0, log.Epochs.LatestEpoch));
    }

    /// <summary>Does the work of a store without threads until a task has ended, whose continuations run elsewhere.</summary>
    public static void PumpUntil(LogStore store, Task task)
    {
        Assert.True(
            SpinWait.SpinUntil(
                () =>
                {
                    store.PumpAll();
                    return task.IsCompleted;
                },
                Guard),
            $"The task has not ended, though nothing is left to be done; failure: {store.Failure}.");
    }

    /// <summary>As <see cref="PumpUntil"/>; what the task has made.</summary>
    public static T Pumped<T>(LogStore store, Task<T> task)
    {
        PumpUntil(store, task);
        return task.GetAwaiter().GetResult();
    }

    /// <summary>The batch as it must be stored.</summary>
    public static byte[] Stored(byte[] batch, long baseOffset, int epoch)
    {
        byte[] stored = [.. batch];
        RecordBatch.PatchOffsetAndEpoch(stored, baseOffset, epoch);
        return stored;
    }

    public static async Task<LogId> CreateAsync(LogStore store, string topic = "topic", int partition = 0) =>
        (await store.CreateAsync([new NewLog(topic, new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, (byte)partition), partition)], CancellationToken.None).WaitAsync(Guard))[0];

    public static byte[] ReadAll(PartitionLog log, int maxBytes = 1 << 20)
    {
        var all = new MemoryStream();
        long offset = log.StartOffset;
        while (offset < log.EndOffset)
        {
            using LogRead read = log.Read(offset, long.MaxValue, maxBytes, atLeastOneBatch: true);
            Assert.False(read.IsOutOfRange);
            Assert.True(read.Bytes > 0, $"nothing at {offset} of {log.StartOffset}..{log.EndOffset}");
            all.Write(read.ToArray());
            offset = read.NextOffset;
        }

        return all.ToArray();
    }
}
