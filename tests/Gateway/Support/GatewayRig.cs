using Actors.Gateway.Kafka;
using Actors.Grains;
using Actors.Grains.Groups;
using Actors.Grains.Tests.Support;
using Actors.Grains.Tests.Topics;
using Actors.Grains.Topics;
using Actors.Kafka;
using Actors.Kafka.Client;
using Actors.Log;
using Actors.Placement;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Actors.Gateway.Tests.Support;

/// <summary>A silo in this process with the Kafka front end on a port of its own, on a data folder of its own.</summary>
public sealed class GatewayRig : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("actors-gateway-").FullName;
    private readonly KafkaGatewayOptions _options;
    private readonly TopicOptions _topicOptions;
    private readonly RigCluster? _cluster;
    private WebApplication _app = null!;
    private bool _isOpen;

    private GatewayRig(KafkaGatewayOptions options, TopicOptions topicOptions, LogLevel logLevel, RigCluster? cluster) =>
        (_options, _topicOptions, Log, _cluster, Topics) = (options, topicOptions, new LogCapture(logLevel), cluster, cluster?.Topics ?? new());

    public GatedFileSystem Files { get; } = new();

    public MemoryTopicStore Topics { get; }

    public TestMeters Meters { get; } = new();

    /// <summary>What was logged, warnings and worse unless the test wants more.</summary>
    public LogCapture Log { get; }

    /// <summary>Nodes that live beside the silo, as far as clients are told.</summary>
    public List<Broker> OtherBrokers { get; } = [];

    public int Port { get; private set; }

    public IServiceProvider Services => _app.Services;

    public GatewayMetrics Metrics => Services.GetRequiredService<GatewayMetrics>();

    public TopicCatalog Catalog => Services.GetRequiredService<TopicCatalog>();

    /// <param name="cluster">The cluster that it is a node of; null: it is alone.</param>
    public static async Task<GatewayRig> StartAsync(
        KafkaGatewayOptions? options = null, TopicOptions? topicOptions = null, LogLevel logLevel = LogLevel.Warning, RigCluster? cluster = null)
    {
        var rig = new GatewayRig(options ?? new KafkaGatewayOptions(), topicOptions ?? new TopicOptions(), logLevel, cluster);
        await rig.OpenAsync();
        return rig;
    }

    /// <summary>Stops gracefully and starts again on the same data.</summary>
    /// <param name="meanwhile">What happens to it while nothing runs.</param>
    public async Task RestartAsync(Action? meanwhile = null)
    {
        await CloseAsync();
        meanwhile?.Invoke();
        await OpenAsync();
    }

    /// <summary>Ends at once, without telling grains or peers; what is on the disk stays for <see cref="ReturnAsync"/>.</summary>
    public async Task KillAsync()
    {
        var log = Services.GetRequiredService<LogStore>();
        try
        {
            await _app.StopAsync(new CancellationToken(canceled: true));
        }
        catch (OperationCanceledException)
        {
            // As asked.
        }

        await _app.DisposeAsync();
        await log.DisposeAsync();
        _isOpen = false;
    }

    /// <summary>Starts again on the same data.</summary>
    public Task ReturnAsync() => OpenAsync();

    /// <summary>Stops gracefully; what was accepted is answered.</summary>
    public async Task StopAsync()
    {
        try
        {
            await _app.StopAsync().WaitAsync(TestGuard.Limit);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"The stop does not end; {Metrics.Connections} connections are open.");
        }
    }

    public Task<KafkaConnection> ConnectAsync(string clientId = "test") => KafkaConnection.ConnectAsync(
        "127.0.0.1", Port, new KafkaConnectionOptions { ClientId = clientId }, TimeProvider.System, TestContext.Current.CancellationToken);

    /// <param name="placement">Nodes of the only partition; null lets the controller place.</param>
    public async Task<CatalogTopic> CreateTopicAsync(string name, int partitions = 1, Dictionary<string, string>? configs = null, int[]? placement = null)
    {
        var controller = Services.GetRequiredService<Orleans.IGrainFactory>().GetGrain<IControllerGrain>(IControllerGrain.Key);
        var answer = await controller.CreateTopics(new CreateTopicsCommand
        {
            Topics =
            [
                new TopicWish
                {
                    Name = name,
                    PartitionCount = placement is null ? partitions : TopicWish.UseDefault,
                    Placement = placement is null ? [] : [new PartitionPlacement { Index = 0, NodeIds = placement }],
                    Configs = [.. (configs ?? []).Select(config => new ConfigWish { Name = config.Key, Value = config.Value })],
                },
            ],
        });
        Assert.Equal((short)ErrorCode.None, answer.Topics[0].ErrorCode);
        Assert.True(Catalog.Current.TryGet(name, out var topic));
        return topic;
    }

    public async ValueTask DisposeAsync()
    {
        if (_isOpen)
            await CloseAsync();
        Files.Dispose();
        Meters.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task OpenAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(Log).SetMinimumLevel(LogLevel.Trace);
        var services = builder.Services;
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(_options);
        services.AddSingleton(_topicOptions);
        services.AddSingleton<ITopicStore>(Topics);
        services.AddSingleton<System.Diagnostics.Metrics.IMeterFactory>(Meters);
        services.AddSingleton(new IdSource(System.Security.Cryptography.RandomNumberGenerator.Fill));
        var nodes = new Nodes(this);
        services.AddSingleton(_cluster?.Broker ?? new Broker(1, "127.0.0.1", 0));
        services.AddSingleton(provider => LogStore.Open(
            new LogOptions { Directory = _directory, ReserveBytes = 0, WalFileBytes = 32 << 20, MaxWalBytes = 128 << 20, CheckpointBytes = 64 << 20 },
            Files,
            TimeProvider.System,
            LogMetrics.Standalone(),
            provider.GetRequiredService<ILoggerFactory>()));
        services.AddBroker();
        if (_cluster is null)
        {
            services.AddSingleton<IBrokerDirectory>(nodes);
            services.AddSingleton<IClusterNodes>(nodes);
        }

        services.AddSingleton(new GroupOptions { InitialRebalanceDelayMs = 0, OffsetsPartitions = 2 });
        services.AddKafkaGateway();
        builder.UseOrleans(_cluster is null ? static silo => silo.UseSingleNode(1) : _cluster.Configure);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, _cluster?.Broker.Port ?? 0, listen => listen.UseKafka()));
        _app = builder.Build();
        await Services.GetRequiredService<BrokerStartup>().StartAsync(CancellationToken.None);
        await _app.StartAsync().WaitAsync(TestGuard.Limit);
        var address = Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Port = new Uri(address).Port;
        _isOpen = true;
    }

    private async Task CloseAsync()
    {
        Files.OpenGate();
        var log = Services.GetRequiredService<LogStore>();
        await _app.StopAsync().WaitAsync(TestGuard.Limit);
        await _app.DisposeAsync();
        await log.DisposeAsync();
    }

    /// <summary>The one node, whose port is known when Kestrel listens, and those that a test adds.</summary>
    private sealed class Nodes(GatewayRig rig) : IBrokerDirectory, IClusterNodes
    {
        public event Action? Changed
        {
            add { }
            remove { }
        }

        public ClusterNodes Current => new([.. LiveBrokers.Select(broker => new ClusterNode(broker.NodeId, ""))], ControllerId);

        public int LocalNodeId => 1;

        public IReadOnlyList<Broker> LiveBrokers => [new Broker(1, "127.0.0.1", rig.Port), .. rig.OtherBrokers];

        public int ControllerId => 1;
    }
}
