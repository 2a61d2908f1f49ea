using Actors.Log.Tests.Faults;

namespace Actors.Log.Tests.Support;

/// <summary>A store without threads on files in memory, whose clock stands still: every step is the test's.</summary>
internal sealed class StoreRig : IDisposable
{
    private PartitionLog? _owned;

    public StoreRig(LogOptions? options = null, SimulatedFileSystem? files = null, RecordingLogger? logger = null)
    {
        Logger = logger;
        Options = options ?? TestLog.SmallOptions();
        Files = files ?? new SimulatedFileSystem();
        Store = Open();
    }

    public SimulatedFileSystem Files { get; private set; }

    public LogOptions Options { get; set; }

    /// <summary>Takes what the store says, if somebody wants to know.</summary>
    public RecordingLogger? Logger { get; }

    public FixedTime Time { get; } = new(1_000);

    public LogMetrics Metrics { get; } = LogMetrics.Standalone();

    public LogStore Store { get; private set; }

    public RecordingObserver Observer { get; private set; } = new();

    public string WalDirectory => Options.WalDirectory ?? $"{Options.Directory}/wal";

    /// <summary>Folder of the only log.</summary>
    public string LogFolder => $"{Options.Directory}/logs/{Assert.Single(Files.ListDirectories($"{Options.Directory}/logs"))}";

    public PartitionLog Create(LogConfig? config = null, string topic = "topic") =>
        OpenLog(Run(TestLog.CreateAsync(Store, topic)), config);

    public PartitionLog OpenLog(LogId id, LogConfig? config = null) =>
        _owned = Store.Open(id, config ?? LogConfig.Default, Observer = new RecordingObserver());

    /// <summary>Takes the log from its owner and opens it.</summary>
    public PartitionLog OpenLogAgain(LogId id, LogConfig? config = null)
    {
        _owned?.Dispose();
        return OpenLog(id, config);
    }

    /// <summary>Appends one batch of <paramref name="valueBytes"/> and syncs it.</summary>
    public void Append(PartitionLog log, int valueBytes = 100, int times = 1)
    {
        for (int i = 0; i < times; i++)
        {
            byte[] batch = TestLog.Batch(1, valueBytes, fill: (byte)log.EndOffset);
            if (!Store.HasRoom)
            {
                Store.MakeRoom();
                Store.PumpAll();
            }

            TestLog.MustAppend(log, batch);
            Sync();
        }
    }

    /// <summary>Writes and syncs what was appended, and tells of it.</summary>
    public void Sync()
    {
        while (Store.PumpFlush() | Store.PumpCompletion())
        {
        }
    }

    /// <summary>Writes everything that is synced to segments.</summary>
    public void WriteSegments()
    {
        Sync();
        while (Store.PumpSegments(everything: true))
        {
        }
    }

    public void Checkpoint() => Run(Store.CheckpointAsync(CancellationToken.None));

    /// <summary>Works until the task has ended.</summary>
    public void Run(Task task)
    {
        TestLog.PumpUntil(Store, task);
        task.GetAwaiter().GetResult();
    }

    /// <inheritdoc cref="Run(Task)"/>
    public T Run<T>(Task<T> task) => TestLog.Pumped(Store, task);

    /// <summary>The process is killed; nothing that was written is lost.</summary>
    public void Kill()
    {
        Store.Abandon();
        Files = Files.AfterKill();
    }

    /// <summary>The power goes, and all that was not synced with it; then the process starts again.</summary>
    public void LosePower()
    {
        Store.Abandon();
        Files = Files.AfterPowerLoss(new WorstLuck());
        Store = Open();
    }

    /// <summary>The process is killed and starts again.</summary>
    public void Restart()
    {
        Kill();
        Store = Open();
    }

    /// <summary>The process ends as it should and starts again.</summary>
    public void RestartCleanly()
    {
        Store.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Restart();
    }

    public void Dispose()
    {
        Store.Abandon();
        Metrics.Dispose();
    }

    private LogStore Open() => TestLog.Open(Files, Options, hasThreads: false, Metrics, Time, Logger);
}
