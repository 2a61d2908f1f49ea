using System.Diagnostics.Metrics;
using Actors.Grains.Groups;
using Actors.Grains.Partitions;
using Actors.Grains.Tests.Support;
using Actors.Grains.Tests.Topics;
using Actors.Grains.Topics;
using Actors.Grains.Work;
using Actors.Kafka;
using Actors.Log;
using Actors.Placement;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Hosting;
using static Actors.Grains.Tests.Groups.GroupBench;

namespace Actors.Grains.Tests.Groups;

/// <summary>A silo with a coordinator, a topic in memory and virtual time.</summary>
internal sealed class GroupSilo : IAsyncDisposable
{
    private readonly IHost _host;

    private GroupSilo(IHost host, MemoryGroupTopic topic, VirtualTime time, TestMeters meters)
    {
        _host = host;
        Topic = topic;
        Time = time;
        Meters = meters;
        Coordinator = host.Services.GetRequiredService<GroupCoordinator>();
    }

    public MemoryGroupTopic Topic { get; }

    public VirtualTime Time { get; }

    public TestMeters Meters { get; }

    public GroupCoordinator Coordinator { get; }

    public GroupDirectory Directory => _host.Services.GetRequiredService<GroupDirectory>();

    public GroupKeeper Keeper => _host.Services.GetRequiredService<GroupKeeper>();

    public static async Task<GroupSilo> StartAsync(
        MemoryGroupTopic? topic = null, GroupOptions? options = null, VirtualTime? time = null, Orleans.OutgoingGrainCallFilterDelegate? calls = null)
    {
        topic ??= new MemoryGroupTopic();
        time ??= new VirtualTime();
        var meters = new TestMeters();
        var random = new Random(11);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services
            .AddSingleton<TimeProvider>(time)
            .AddSingleton<IMeterFactory>(meters)
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning))
            .AddSingleton(new IdSource(random.NextBytes))
            .AddSingleton(options ?? new GroupOptions { InitialRebalanceDelayMs = 0 })
            .AddSingleton<IGroupTopic>(topic)
            .AddSingleton<IPartitionEnds>(topic)
            .AddSingleton(new Broker(topic.NodeId, "127.0.0.1", 9092))
            .AddSingleton(new TopicOptions())
            .AddSingleton<ITopicStore>(new MemoryTopicStore())
            .AddSingleton<LogStore>(_ => throw new InvalidOperationException("These groups have no log on a disk."))
            .AddBroker();
        builder.Services.Remove(builder.Services.Single(service => service.ImplementationType == typeof(RetentionKeeper)));
        builder.UseOrleans(silo =>
        {
            silo.UseSingleNode(topic.NodeId);
            if (calls is not null)
                silo.AddOutgoingGrainCallFilter(calls);
        });
        var host = builder.Build();
        await host.StartAsync();
        // From here on no timer but the groups' own comes or goes.
        await TestGuard.UntilAsync(() => host.Services.GetRequiredService<Sweeper>().IsPausing, "the sweeper waits");
        return new GroupSilo(host, topic, time, meters);
    }

    public Task<GroupJoinAnswer> JoinAsync(string groupId, string memberId, string? instanceId = null, int sessionMs = 10_000, bool requiresId = true) =>
        Coordinator.JoinAsync(groupId, new GroupJoin
        {
            MemberId = memberId,
            GroupInstanceId = instanceId,
            ClientId = "c",
            ClientHost = "/127.0.0.1",
            SessionTimeoutMs = sessionMs,
            RebalanceTimeoutMs = 60_000,
            ProtocolType = "consumer",
            Protocols = [Protocol("range", "m")],
            RequiresKnownMemberId = requiresId,
        });

    public Task<GroupSyncAnswer> SyncAsync(string groupId, string memberId, int generation, params (string MemberId, string Assignment)[] assignments) =>
        Coordinator.SyncAsync(groupId, new GroupSync
        {
            MemberId = memberId,
            GenerationId = generation,
            Assignments = [.. assignments.Select(one => new GroupAssignment { MemberId = one.MemberId, Assignment = Bytes(one.Assignment) })],
        });

    public Task<ErrorCode> HeartbeatAsync(string groupId, string memberId, int generation) =>
        Coordinator.HeartbeatAsync(groupId, new GroupHeartbeat { MemberId = memberId, GenerationId = generation });

    public async Task<ErrorCode> CommitAsync(string groupId, long offset, string memberId = "", int generation = -1, int partition = 0) =>
        (ErrorCode)(await Coordinator.CommitAsync(groupId, new GroupCommit
        {
            MemberId = memberId,
            GenerationId = generation,
            Offsets = [Offset(offset, partition: partition)],
        })).ErrorCodes[0];

    public async Task<long> FetchAsync(string groupId, int partition = 0)
    {
        var answer = await Coordinator.FetchAsync(groupId, new GroupFetch { Partitions = [new GroupTopicPartition("t", partition)] });
        Assert.Equal(0, answer.ErrorCode);
        return answer.Offsets[0].Offset;
    }

    /// <summary>A member that leads a stable group of its own.</summary>
    public async Task<(string MemberId, int Generation)> StableAsync(string groupId)
    {
        var joined = await JoinAsync(groupId, "", requiresId: false).WaitAsync(MemoryGroupLog.Guard);
        Assert.Equal(0, joined.ErrorCode);
        var synced = await SyncAsync(groupId, joined.MemberId, joined.GenerationId, (joined.MemberId, "all")).WaitAsync(MemoryGroupLog.Guard);
        Assert.Equal("all", Text(synced.Assignment));
        return (joined.MemberId, joined.GenerationId);
    }

    /// <summary>Returns once the group's grain has something to show.</summary>
    public Task AwakeAsync(string groupId) => TestGuard.UntilAsync(() => Directory.IsAwake(groupId), $"the grain of group {groupId} is awake");

    /// <summary>Stops as a process that is asked to.</summary>
    public Task StopAsync() => _host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        Meters.Dispose();
    }
}
