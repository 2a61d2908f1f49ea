using Actors.Grains.Partitions;
using Actors.Grains.Tests.Support;
using Actors.Grains.Topics;
using Actors.Log;
using Microsoft.Extensions.Logging.Abstractions;

namespace Actors.Grains.Tests.Partitions;

/// <summary>One replica on a log of its own in a temporary folder, with a gate in front of its syncs.</summary>
internal sealed class ReplicaRig : IAsyncDisposable
{
    private static readonly Guid TopicId = new("0a1b2c3d-0000-4000-8000-00000000abcd");
    private readonly string _directory = Directory.CreateTempSubdirectory("actors-replica-").FullName;
    private readonly Action<Dictionary<string, string>> _configure;
    private readonly int[] _replicas;
    private readonly int[] _inSync;
    private LogStore _store = null!;

    private ReplicaRig(Action<Dictionary<string, string>>? configure, int[] replicas, int[] inSync) =>
        (_configure, _replicas, _inSync) = (configure ?? (_ => { }), replicas, inSync);

    public GatedFileSystem Files { get; } = new();
    public TestClock Clock { get; } = new();
    public TestMeters Meters { get; } = new();
    public Replica Replica { get; private set; } = null!;
    public CatalogTopic Topic { get; private set; } = null!;
    public LogStore Store => _store;
    public int RetentionRequests { get; private set; }

    public static async Task<ReplicaRig> StartAsync(
        Action<Dictionary<string, string>>? configure = null, int[]? replicas = null, int[]? inSync = null, int epoch = 0, bool smallLog = false)
    {
        var rig = new ReplicaRig(configure, replicas ?? [1], inSync ?? replicas ?? [1]);
        rig.OpenStore(smallLog);
        await rig._store.CreateAsync([new NewLog("topic", TopicId, 0)], CancellationToken.None).WaitAsync(TestGuard.Limit);
        rig.OpenReplica(epoch);
        return rig;
    }

    /// <summary>Closes everything as a stop does, and opens it again under another leader epoch.</summary>
    public async Task RestartAsync(int epoch)
    {
        Replica.Dispose();
        await _store.DisposeAsync();
        OpenStore(false);
        OpenReplica(epoch);
    }

    public void OpenReplica(int epoch)
    {
        Topic = NewTopic(epoch);
        Replica = Replica.Open(
            _store, _store.Logs.Single().Id, Topic, Topic.Partitions[0], new ReplicaServices(Clock, new ReplicaMetrics(Meters)), () => RetentionRequests++);
    }

    private CatalogTopic NewTopic(int epoch)
    {
        var configs = new Dictionary<string, string>();
        _configure(configs);
        return new CatalogTopic(new StoredTopic(
            new TopicRow { Id = TopicId, Name = "topic", Configs = configs },
            [
                new PartitionRow
                {
                    TopicId = TopicId,
                    Index = 0,
                    Replicas = _replicas,
                    LeaderId = 1,
                    LeaderEpoch = epoch,
                    LeaderIncarnation = 1,
                    InSyncReplicas = _inSync,
                    PartitionEpoch = 0,
                },
            ]));
    }

    public TestAppend[] Append(params TestAppend[] appends)
    {
        Assert.Equal(appends.Length, Replica.Append(appends));
        return appends;
    }

    public async Task<TestAppend> AppendAsync(byte[] batch, short acks = -1)
    {
        var append = new TestAppend(batch, acks);
        Append(append);
        await append.Done;
        return append;
    }

    public byte[] ReadAll(long from = 0)
    {
        var all = new List<byte>();
        while (from < Replica.HighWatermark)
        {
            using var read = Replica.Read(from, Replica.HighWatermark, int.MaxValue, atLeastOneBatch: true);
            Assert.True(read.NextOffset > from, $"nothing at {from}");
            all.AddRange(read.ToArray());
            from = read.NextOffset;
        }

        return [.. all];
    }

    public async ValueTask DisposeAsync()
    {
        Files.OpenGate();
        Replica.Dispose();
        await _store.DisposeAsync();
        Meters.Dispose();
        Files.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private void OpenStore(bool small)
    {
        var options = new LogOptions
        {
            Directory = _directory,
            WalFileBytes = 1 << 20,
            MaxWalBytes = 8 << 20,
            CheckpointBytes = 2 << 20,
            SlabBytes = 32 << 10,
            MaxFlushBytes = 32 << 10,
            MaxSlabBytes = small ? 256 << 10 : 4 << 20,
            MaxAppendBytes = 48 << 10,
            WriteBehindBytes = 16 << 10,
            ReserveBytes = 0,
            Seed = 1,
        };
        _store = LogStore.Open(options, Files, Clock, LogMetrics.Standalone(), NullLoggerFactory.Instance);
    }
}
