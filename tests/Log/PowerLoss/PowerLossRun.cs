using Actors.Log.Tests.Faults;
using Actors.Log.Tests.Support;

namespace Actors.Log.Tests.PowerLoss;

/// <summary>
/// One seed: a store on one thread does random things, step by step, until the power goes or the process is killed; what recovery
/// finds must be a state that the acknowledgements allow; then the next life begins from it.
/// </summary>
internal sealed class PowerLossRun
{
    private readonly Random _random;
    private readonly LogOptions _options;
    private readonly LogConfig _config;
    private readonly bool _resetsBelowStart;
    private readonly Dictionary<LogId, OpenLog> _open = [];
    private readonly List<(Task Task, int Number)> _waiting = [];
    private SimulatedFileSystem _files = new();
    private ModelStore _origin = new();
    private ModelStore _model = new();
    private LogStore _store = null!;
    private int _nextTopic;
    private long _nextProducer = 1;
    private long _nowMs = 1_000;

    public PowerLossRun(int seed)
    {
        _random = new Random(seed);

        // Seeds that have found mistakes before logs were reset that way are even, and still do what they did.
        _resetsBelowStart = seed % 2 != 0;
        int walFileKiB = _random.Next(2) == 0 ? 96 : 160;
        _options = TestLog.SmallOptions(seed: seed) with
        {
            WalDirectory = _random.Next(2) == 0 ? null : "/wal",
            WalFileBytes = walFileKiB * TestLog.KiB,
            MaxWalBytes = _random.Next(3, 7) * walFileKiB * TestLog.KiB,
            CheckpointBytes = _random.Next(8, walFileKiB) * TestLog.KiB,
            WriteBehindBytes = _random.Next(1, 40) * TestLog.KiB,
            MaxSingleSyncs = _random.Next(3) switch { 0 => 0, 1 => 3, _ => 100 },
            IndexIntervalBytes = _random.Next(64, 600),
            MaxAppendBytes = 24 * TestLog.KiB,
        };
        _config = new LogConfig { SegmentBytes = _random.Next(1_024, 9_000), SegmentMs = long.MaxValue };
        if (_random.Next(4) == 0)
            _files.ShortWrite = bytes => bytes <= 1 ? bytes : _random.Next(1, bytes + 1);
    }

    /// <summary>Changes that were made to files, over all lives: two runs of a seed must agree.</summary>
    public long FileChanges { get; private set; }

    /// <summary>Times the power was lost, or the process killed, and the store recovered.</summary>
    public int Cuts { get; private set; }

    public void Run(int lives)
    {
        for (int life = 0; life < lives; life++)
        {
            OpenAndCompare();
            _files.CutPowerAfter(_random.Next(2) == 0 ? _random.Next(1, 60) : _random.Next(1, 900));
            int steps = _random.Next(20, 400);
            for (int i = 0; i < steps && !_files.IsPowerLost && _store.Failure is null; i++)
                Step();
            CollectAcknowledgements();
            if (!_files.IsPowerLost)
                Assert.Null(_store.Failure);
            Leave();
        }

        OpenAndCompare();
        _store.Abandon();
    }

    /// <summary>What happened in the middle of a change: mostly the power went; or the process was killed, and the system keeps what it was told.</summary>
    private SimulatedFileSystem Interrupted()
    {
        Func<int, int>? shortWrite = _files.ShortWrite;
        SimulatedFileSystem left = _random.Next(4) == 0 ? _files.AfterKill() : _files.AfterPowerLoss(_random);
        left.ShortWrite = shortWrite;
        return left;
    }

    /// <summary>The end of a life: the power goes, or the process is killed and the power goes later, or it stops cleanly.</summary>
    private void Leave()
    {
        if (!_files.IsPowerLost && _random.Next(4) == 0)
        {
            _store.DisposeAsync().AsTask().GetAwaiter().GetResult();
            CollectAcknowledgements();
        }

        _store.Abandon();
        Cuts++;
        FileChanges = (FileChanges * 31) + _files.Changes;
        _files = Interrupted();
    }

    private void OpenAndCompare()
    {
        // The power may go during recovery too, again and again.
        while (true)
        {
            if (_random.Next(3) == 0)
                _files.CutPowerAfter(_random.Next(1, 40));
            try
            {
                _store = TestLog.Open(_files, _options with { Seed = _random.Next() }, hasThreads: false, time: new FixedTime(_nowMs));
                break;
            }
            catch (Exception e) when (_files.IsPowerLost && e is PowerLostException or LogFailedException)
            {
                Cuts++;
                _files = Interrupted();
            }
        }

        _files.CutPowerAfter(1_000_000);
        Assert.Empty(_store.Damage);
        var differences = new List<string>();
        foreach (ModelStore survivor in _model.Survivors(_origin))
        {
            string? difference = survivor.Difference(_store, _config);
            if (difference is null)
            {
                _origin = survivor;
                _model = survivor.Copy();
                _open.Clear();
                _waiting.Clear();
                return;
            }

            differences.Add(difference);
        }

        Assert.Fail($"After {Cuts} cuts no state that the acknowledgements allow was found ({differences.Count} looked at):\n{string.Join("\n", differences.Distinct().Take(12))}\nChanges: {_model.Describe(int.TryParse(Environment.GetEnvironmentVariable("ACTORS_TEST_CHANGES"), out int shown) ? shown : 40)}");
    }

    private void Step()
    {
        CollectAcknowledgements();
        if (!_store.HasRoom)
        {
            _store.MakeRoom();
            _store.PumpAll();
        }

        if (!_store.HasRoom)
        {
            Assert.NotNull(_store.Failure);
            return;
        }

        switch (_random.Next(100))
        {
            case < 45:
                AppendSomewhere();
                break;
            case < 60:
                _store.PumpFlush();
                break;
            case < 70:
                _store.PumpCompletion();
                break;
            case < 76:
                _store.PumpSegments(everything: _random.Next(2) == 0);
                break;
            case < 84:
                _store.PumpCheckpoint();
                break;
            case < 87 when _model.Logs.Count < 6:
                Create();
                break;
            case < 89:
                Truncate();
                break;
            case < 91:
                SetStart();
                break;
            case < 92 when _model.Logs.Count > 2:
                Delete();
                break;
            case < 94:
                Epoch();
                break;
            case < 95:
                _ = _store.CheckpointAsync(CancellationToken.None);
                break;
            case < 97:
                Compare();
                break;
            case < 98:
                Reopen();
                break;
            default:
                _store.PumpAll();
                break;
        }
    }

    private void AppendSomewhere()
    {
        if (Pick() is not { } log)
            return;
        ModelLog model = _model.Logs[log.Id];
        int epoch = Math.Max(0, model.Epochs.LatestEpoch) + (_random.Next(12) == 0 ? 1 : 0);
        int count = _random.Next(8) == 0 ? _random.Next(2, 8) : 1;
        var appends = new List<LogAppend>();
        var batches = new List<ModelBatch>();
        long next = model.End + (_random.Next(40) == 0 ? _random.Next(1, 5) : 0);
        for (int i = 0; i < count; i++)
        {
            byte[] bytes = NextBatch(model, batches);
            LogAppend append = TestLog.Append(bytes, next);
            byte[] stored = TestLog.Stored(bytes, next, epoch);
            Assert.True(RecordBatchHeader.TryParse(stored, out RecordBatchHeader header));
            ProducerCheck check = log.Log.Producers.Stage(header, next, _nowMs);
            Assert.Equal(ProducerVerdict.Ok, check.Verdict);
            appends.Add(append);
            batches.Add(new ModelBatch(batches.Count > 0 ? batches[^1].NextOffset : model.End, next, append.NextOffset, epoch, stored, header));
            next = append.NextOffset;
        }

        AppendRefusal refusal = log.Log.Append(appends.ToArray(), epoch);
        if (refusal == AppendRefusal.Busy)
        {
            _store.PumpAll();
            return;
        }

        if (refusal != AppendRefusal.None)
        {
            Assert.Equal(AppendRefusal.Failed, refusal);
            return;
        }

        LogId id = log.Id;
        if (epoch > model.Epochs.LatestEpoch)
            _model.Do($"{id} starts epoch {epoch}", m => m.Logs[id].StartEpoch(epoch));
        int number = 0;
        foreach (ModelBatch batch in batches)
            number = _model.Do($"{id} gets {batch.BaseOffset}..{batch.NextOffset}", m => m.Logs[id].Append(batch));
        log.Appended.Add((next, number));
    }

    private byte[] NextBatch(ModelLog model, List<ModelBatch> staged)
    {
        _nowMs += _random.Next(0, 20);
        var options = new RecordBatchOptions();
        if (_random.Next(3) == 0)
        {
            ModelBatch? before = model.Batches.Concat(staged).LastOrDefault(b => b.Header.HasProducerId && b.NextOffset > model.Start);
            bool isNew = before is null || _random.Next(4) == 0 || IsUnsafeToContinue(model, before);
            options = isNew
                ? options with { ProducerId = _nextProducer++, ProducerEpoch = 0, BaseSequence = 0 }
                : options with { ProducerId = before!.Header.ProducerId, ProducerEpoch = 0, BaseSequence = before.Header.LastSequence + 1 };
        }

        var builder = new RecordBatchBuilder(options);
        int records = _random.Next(1, 4);
        int size = _random.Next(30) == 0 ? 900 : _random.Next(10, 200);
        for (int i = 0; i < records; i++)
        {
            var value = new byte[_random.Next(0, size)];
            _random.NextBytes(value);
            builder.Append(_nowMs - _random.Next(0, 30), null, value);
        }

        return builder.Build();
    }

    /// <summary>A truncation may have taken the producer's later batches: then the next sequence is the one after what is left.</summary>
    private static bool IsUnsafeToContinue(ModelLog model, ModelBatch before) =>
        model.Batches.Exists(b => b.Header.ProducerId == before.Header.ProducerId && b.BaseOffset > before.BaseOffset);

    private void Create()
    {
        var logs = Enumerable.Range(0, _random.Next(1, 4)).Select(i => new NewLog($"topic-{_nextTopic++}", new Guid(_nextTopic, 0, 0, new byte[8]), i)).ToList();
        Task<IReadOnlyList<LogId>> created = _store.CreateAsync(logs, CancellationToken.None);
        if (created.IsFaulted)
            return;

        // The ids are given away in order; the model gives the same ones, and compares them when the task is done.
        int number = 0;
        var expected = new List<LogId>();
        foreach (NewLog log in logs)
        {
            var id = new LogId(_store.NextLogId - logs.Count + expected.Count);
            expected.Add(id);
            number = _model.Do($"create {id}", m => m.Logs.Add(id, new ModelLog { Id = id, Topic = log.Topic }));
        }

        _waiting.Add((Check(), number));

        async Task Check() => Assert.Equal(expected, await created);
    }

    private void Delete()
    {
        if (Pick() is not { } log)
            return;
        Task deleted = _store.DeleteAsync([log.Id], CancellationToken.None);
        if (deleted.IsFaulted)
            return;
        log.Log.Dispose();
        _open.Remove(log.Id);
        LogId id = log.Id;
        int number = _model.Do($"delete {id}", m => m.Logs.Remove(id));
        _waiting.Add((deleted, number));
    }

    private void Truncate()
    {
        if (Pick() is not { } log)
            return;
        ModelLog model = _model.Logs[log.Id];
        LogId id = log.Id;
        if (_random.Next(6) == 0)
        {
            long start = _resetsBelowStart && _random.Next(2) == 0 ? _random.NextInt64(0, model.Start + 1) : model.End + _random.Next(0, 50);
            Task reset = log.Log.ResetAsync(start);
            Finish(reset, () => !log.Log.IsTruncating, reset.IsFaulted ? 0 : _model.Do($"reset {id} to {start}", m => m.Logs[id].Reset(start)));
            return;
        }

        if (model.End == model.Start)
            return;
        long offset = model.End - _random.Next(1, (int)Math.Min(30, model.End - model.Start) + 1);
        Task<long> truncated = log.Log.TruncateAsync(offset);
        Finish(truncated, () => !log.Log.IsTruncating, truncated.IsFaulted ? 0 : _model.Do($"truncate {id} to {offset}", m => m.Logs[id].Truncate(offset)));
        if (truncated.IsCompletedSuccessfully)
            Assert.Equal(_model.Logs[id].End, truncated.GetAwaiter().GetResult());
    }

    /// <summary>A truncation holds up its log; the store goes on until it is done.</summary>
    /// <param name="isDone">Becomes true by what is pumped, unlike the task, whose continuations run elsewhere.</param>
    private void Finish(Task change, Func<bool> isDone, int number)
    {
        int idle = 0;
        while (idle < 50 && !isDone() && _store.Failure is null)
            idle = PumpOnce() ? 0 : idle + 1;
        while (_store.PumpCompletion())
        {
        }

        if (_store.Failure is not null)
            _store.PumpAll();
        Assert.True(
            SpinWait.SpinUntil(() => change.IsCompleted, TestLog.Guard),
            $"{_model.Describe(1)} has not ended, though nothing is left to be done; failure: {_store.Failure}, power lost: {_files.IsPowerLost}, done: {isDone()}.");
        if (change.IsCompletedSuccessfully)
            _model.Acknowledge(number);
        else
            Assert.NotNull(_store.Failure);
    }

    private bool PumpOnce() => _random.Next(4) switch
    {
        0 => _store.PumpFlush(),
        1 => _store.PumpCompletion(),
        2 => _store.PumpSegments(everything: false),
        _ => _store.PumpCheckpoint(),
    };

    private void SetStart()
    {
        if (Pick() is not { } log)
            return;
        long durable = log.Log.DurableEndOffset;
        if (durable <= log.Log.StartOffset)
            return;
        long offset = _random.Next(6) == 0 ? durable : _random.NextInt64(log.Log.StartOffset + 1, durable + 1);
        LogId id = log.Id;
        Task set = log.Log.SetStartOffsetAsync(offset);
        Finish(set, () => log.Log.StartOffset >= offset, set.IsFaulted ? 0 : _model.Do($"start {id} at {offset}", m => m.Logs[id].SetStart(offset)));
    }

    private void Epoch()
    {
        if (Pick() is not { } log)
            return;
        ModelLog model = _model.Logs[log.Id];
        LogId id = log.Id;
        if (_random.Next(2) == 0)
        {
            int epoch = model.Epochs.LatestEpoch + 1;
            if (log.Log.StartEpoch(epoch) == AppendRefusal.None)
                _model.Do($"{id} starts epoch {epoch}", m => m.Logs[id].StartEpoch(epoch));
            return;
        }

        int seen = model.SeenEpoch + _random.Next(1, 4);
        Task seeing = log.Log.SeeEpochAsync(seen);
        Finish(seeing, () => log.Log.SeenEpoch >= seen, seeing.IsFaulted ? 0 : _model.Do($"{id} sees epoch {seen}", m => m.Logs[id].SeeEpoch(seen)));
    }

    /// <summary>What is read now, from memory and from files, is what was appended.</summary>
    private void Compare()
    {
        if (Pick() is { } log)
            Assert.Null(_model.Logs[log.Id].ContentDifference(log.Log));
    }

    private void Reopen()
    {
        if (Pick() is not { } log)
            return;
        log.Log.Dispose();
        _open.Remove(log.Id);
    }

    private OpenLog? Pick()
    {
        LogId[] ids = [.. _model.Logs.Keys.Where(id => _store.Logs.Any(l => l.Id == id))];
        if (ids.Length == 0)
        {
            if (_model.Logs.Count == 0)
                Create();
            return null;
        }

        LogId id = ids[_random.Next(ids.Length)];
        if (!_open.TryGetValue(id, out OpenLog? open))
        {
            open = new OpenLog { Id = id };
            open.Log = _store.Open(id, _config, open);
            _open.Add(id, open);
        }

        return open;
    }

    private void CollectAcknowledgements()
    {
        foreach (OpenLog log in _open.Values)
        {
            foreach ((long end, int number) in log.Appended.Where(a => a.End <= log.Durable))
                _model.Acknowledge(number);
            log.Appended.RemoveAll(a => a.End <= log.Durable);
            log.Durable = -1;
        }

        for (int i = _waiting.Count - 1; i >= 0; i--)
        {
            (Task task, int number) = _waiting[i];
            if (!task.IsCompleted)
                continue;
            if (task.IsCompletedSuccessfully)
                _model.Acknowledge(number);
            else
                Assert.IsType<LogFailedException>(task.Exception!.InnerException);
            _waiting.RemoveAt(i);
        }
    }

    private sealed class OpenLog : ILogObserver
    {
        public required LogId Id { get; init; }

        public PartitionLog Log { get; set; } = null!;

        public List<(long End, int Number)> Appended { get; } = [];

        public long Durable { get; set; } = -1;

        public void OnDurable(long durableEndOffset) => Durable = durableEndOffset;

        public void OnFailed(LogFailure failure)
        {
        }
    }
}
