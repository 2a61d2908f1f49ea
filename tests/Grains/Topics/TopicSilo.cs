using System.Diagnostics.Metrics;
using Actors.Grains.Groups;
using Actors.Grains.Partitions;
using Actors.Grains.Tests.Partitions;
using Actors.Grains.Tests.Support;
using Actors.Grains.Topics;
using Actors.Grains.Work;
using Actors.Log;
using Actors.Placement;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Hosting;

namespace Actors.Grains.Tests.Topics;

/// <summary>A silo with its controller and its partitions on a log of its own, a topic store in memory and virtual time.</summary>
internal sealed class TopicSilo : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("actors-topics-").FullName;
    private readonly List<string> _operations = [];
    private IHost _host = null!;

    public GatedFileSystem Files { get; } = new();

    public MemoryTopicStore Store { get; } = new();

    public VirtualTime Time { get; } = new();

    public TestMeters Meters { get; } = new();

    /// <summary>What a call of a grain's method waits for before it begins; null: nothing.</summary>
    public Func<IIncomingGrainCallContext, Task>? OnCall { get; set; }

    /// <summary>What the store was asked, in order.</summary>
    public IReadOnlyList<string> Operations => _operations;

    public TopicCatalog Catalog => Get<TopicCatalog>();

    public IControllerGrain Controller => Get<IGrainFactory>().GetGrain<IControllerGrain>(IControllerGrain.Key);

    public long NowMs => Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <param name="prepare">Puts something into the store before the silo starts.</param>
    /// <param name="onCall">See <see cref="OnCall"/>.</param>
    public static async Task<TopicSilo> StartAsync(Func<MemoryTopicStore, Task>? prepare = null, Func<IIncomingGrainCallContext, Task>? onCall = null)
    {
        var silo = new TopicSilo { OnCall = onCall };
        await (prepare?.Invoke(silo.Store) ?? Task.CompletedTask);
        silo.Store.OnOperation = silo.Note;
        var random = new Random(11);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services
            .AddSingleton<TimeProvider>(silo.Time)
            .AddSingleton<IMeterFactory>(silo.Meters)
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning))
            .AddSingleton(new IdSource(random.NextBytes))
            .AddSingleton(new GroupOptions())
            .AddSingleton(new TopicOptions())
            .AddSingleton<ITopicStore>(silo.Store)
            .AddSingleton(new Broker(1, "127.0.0.1", 9092))
            .AddSingleton(provider => LogStore.Open(
                new LogOptions { Directory = silo._directory, ReserveBytes = 0, WalFileBytes = 32 << 20, MaxWalBytes = 128 << 20, CheckpointBytes = 64 << 20 },
                silo.Files,
                silo.Time,
                LogMetrics.Standalone(),
                provider.GetRequiredService<ILoggerFactory>()))
            .AddBroker();
        builder.UseOrleans(orleans => orleans.UseSingleNode(1).AddIncomingGrainCallFilter(async context =>
        {
            await (silo.OnCall?.Invoke(context) ?? Task.CompletedTask);
            await context.Invoke();
        }));
        silo._host = builder.Build();
        await silo.Get<BrokerStartup>().StartAsync(CancellationToken.None);
        await silo._host.StartAsync();
        await silo.SweepAsync();
        silo._operations.Clear();
        return silo;
    }

    /// <summary>Wakes the controller, as the silo does when it starts and every half minute; what it begins then goes on.</summary>
    public async Task SweepAsync() => Assert.Equal(0, (await Get<Sweeper>().SweepAsync(CancellationToken.None).WaitAsync(TestGuard.Limit)).Failed);

    /// <summary>Waits until no deletion is left.</summary>
    public Task NothingDeletedAsync() => TestGuard.UntilAsync(async () => (await Store.LoadDeletionsAsync(default)).Count == 0, "all deletions are finished");

    public void Note(string operation) => _operations.Add(operation);

    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    public async Task<TopicAnswer> CreateAsync(string name, int partitions = 1, bool validateOnly = false, params (string Name, string Value)[] configs)
    {
        var answer = await Controller.CreateTopics(new CreateTopicsCommand
        {
            ValidateOnly = validateOnly,
            Topics =
            [
                new TopicWish
                {
                    Name = name,
                    PartitionCount = partitions,
                    Configs = [.. configs.Select(config => new ConfigWish { Name = config.Name, Value = config.Value })],
                },
            ],
        }).WaitAsync(TestGuard.Limit);
        return Assert.Single(answer.Topics);
    }

    public async Task<TopicAnswer> DeleteAsync(string name) => Assert.Single(
        (await Controller.DeleteTopics(new DeleteTopicsCommand { Topics = [new TopicReference { Name = name }] }).WaitAsync(TestGuard.Limit)).Topics);

    public IPartitionGrain Partition(string topic, int index = 0)
    {
        Assert.True(Catalog.Current.TryGet(topic, out var found));
        return Get<IGrainFactory>().GetGrain<IPartitionGrain>(new PartitionId(found.Id, index).GrainKey(1));
    }

    /// <summary>Opens a partition's replica.</summary>
    public async Task<Replica> OpenAsync(string topic, int index = 0)
    {
        Assert.Equal(0, await Partition(topic, index).Open().WaitAsync(TestGuard.Limit));
        Assert.True(Catalog.Current.TryGet(topic, out var found));
        Assert.True(Get<ReplicaRegistry>().TryGet(new PartitionId(found.Id, index), out var replica));
        return replica;
    }

    /// <summary>Appends one batch and waits until it is durable.</summary>
    public static async Task AppendAsync(Replica replica, byte[] batch)
    {
        var append = new TestAppend(batch);
        Assert.Equal(1, replica.Append([append]));
        await append.Done;
        Assert.Equal(Kafka.ErrorCode.None, append.Error);
    }

    public async ValueTask DisposeAsync()
    {
        Files.OpenGate();
        var log = Get<LogStore>();
        await _host.StopAsync();
        await log.DisposeAsync();
        _host.Dispose();
        Meters.Dispose();
        Files.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
