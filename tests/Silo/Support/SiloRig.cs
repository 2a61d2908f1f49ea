using System.Net;
using Actors.Grains.Tests.Support;
using Actors.Harness;
using Actors.Kafka;
using Actors.Kafka.Client;
using Actors.Kafka.Messages;
using Actors.Log;
using Actors.Silo.Health;
using Actors.Silo.Hosting;
using Actors.Silo.Lifetime;
using Actors.Silo.Options;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Actors.Silo.Tests.Support;

/// <summary>The whole silo within the test, put together as the program does it, on files that the test can break.</summary>
/// <remarks>
/// Tests that use it are one collection and so run one after another: a silo collects the metrics of its whole process, and would
/// show those of a silo beside it.
/// </remarks>
public sealed class SiloRig : IAsyncDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly HttpClient _http = new() { Timeout = TestGuard.Limit };
    private readonly DataDirectory _directory;
    private readonly ListenSockets _sockets;
    private readonly IHost _host;
    private readonly int _kafkaPort;
    private bool _isStopped;

    /// <param name="replace">Registers what stands in for parts of the silo; null: nothing does.</param>
    /// <param name="options">Further options.</param>
    public SiloRig(Action<IServiceCollection>? replace = null, params string[] options)
    {
        string[] arguments = [.. options, $"--Silo:DataDirectory={_folder.FullName}", "--Kafka:Port=0", "--Http:Port=0", "--Log:WalFileBytes=33554432", "--Logging:LogLevel:Default=None"];
        var configuration = SiloConfiguration.Read(arguments, new System.Collections.Hashtable(), _folder.FullName);
        Assert.Empty(configuration.Mistakes);
        _directory = DataDirectory.Open(configuration.Silo, "1.2.3");
        _sockets = ListenSockets.Bind(configuration);
        (_kafkaPort, HttpPort) = (_sockets.KafkaEndPoint.Port, _sockets.HttpEndPoint.Port);
        _host = SiloHost.Build(configuration, _directory, _sockets, TimeProvider.System.GetUtcNow(), services =>
        {
            services.AddSingleton<IFileSystem>(Files);
            replace?.Invoke(services);
        });
    }

    public GatedFileSystem Files { get; } = new();

    public int HttpPort { get; }

    private SiloHealth Health => _host.Services.GetRequiredService<SiloHealth>();

    /// <summary>The parts of the silo.</summary>
    public IServiceProvider Services => _host.Services;

    /// <summary>Starts every part, as the program does; a gate in the files holds it up, so it runs beside the caller.</summary>
    public Task StartAsync() => Task.Run(async () =>
    {
        await _host.StartAsync();
        Health.BecomeActive();
    }).WaitAsync(TestGuard.Limit);

    /// <summary>Stops every part, as the program does after a signal.</summary>
    public Task StopAsync()
    {
        _isStopped = true;
        Health.BeginStop();
        return Task.Run(() => _host.StopAsync()).WaitAsync(TestGuard.Limit);
    }

    public Task<KafkaConnection> ConnectAsync() => KafkaConnection.ConnectAsync(
        "127.0.0.1", _kafkaPort, new KafkaConnectionOptions(), TimeProvider.System, TestContext.Current.CancellationToken);

    public async Task<(HttpStatusCode Status, string Body)> GetAsync(string path)
    {
        using var answer = await _http.GetAsync(new Uri($"http://127.0.0.1:{HttpPort}{path}"));
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Sends a request with the silo's secret, or another bearer, or an empty one for none.</summary>
    public async Task<(HttpStatusCode Status, string Body)> SendAsync(
        HttpMethod method, string path, string? body = null, string type = "application/json", string? bearer = null, (string Name, string Value)? header = null)
    {
        using var request = new HttpRequestMessage(method, new Uri($"http://127.0.0.1:{HttpPort}{path}"));
        if (bearer != "") request.Headers.Authorization = new("Bearer", bearer ?? _directory.Secret);
        if (header is { } further) request.Headers.Add(further.Name, further.Value);
        if (body is not null) request.Content = new StringContent(body, System.Text.Encoding.UTF8, type);
        using var answer = await _http.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>The sum of a metric's samples; 0 when there is none.</summary>
    public async Task<double> MetricAsync(string name, string labels = "") => MetricsText.Sum((await GetAsync("/metrics")).Body, name, labels) ?? 0;

    /// <summary>Asks until the answer holds a text; there is no event for what only HTTP tells.</summary>
    public async Task<(HttpStatusCode Status, string Body)> GetUntilAsync(string path, string part)
    {
        (HttpStatusCode Status, string Body) answer = default;
        await TestGuard.UntilAsync(
            async () =>
            {
                try
                {
                    answer = await GetAsync(path);
                }
                catch (HttpRequestException)
                {
                    return false; // it does not listen yet
                }

                return answer.Body.Contains(part, StringComparison.Ordinal);
            },
            $"{path} says '{part}'");
        return answer;
    }

    public static async Task CreateTopicAsync(KafkaConnection connection, string topic)
    {
        var request = new CreateTopicsRequest { TimeoutMs = 30_000, Topics = [new() { Name = topic, NumPartitions = 2, ReplicationFactor = 1 }] };
        Assert.Equal(ErrorCode.None, (await connection.SendAsync(request, TestContext.Current.CancellationToken)).Topics[0].ErrorCode);
    }

    public static async Task<ErrorCode> ProduceAsync(KafkaConnection connection, string topic, byte[] batch, int partition = 0)
    {
        var request = new ProduceRequest
        {
            Acks = -1,
            TimeoutMs = 30_000,
            TopicData = [new() { Name = topic, PartitionData = [new() { Index = partition, Records = batch }] }],
        };
        var response = await connection.SendAsync(request, version: 9, TestGuard.Limit, TestContext.Current.CancellationToken);
        return response.Responses[0].PartitionResponses[0].ErrorCode;
    }

    /// <summary>The records of a partition's first batches, in bytes; waits for nothing.</summary>
    public static async Task<int> FetchBytesAsync(KafkaConnection connection, string topic)
    {
        var request = new FetchRequest
        {
            MinBytes = 1,
            MaxBytes = 1 << 20,
            Topics = [new() { Topic = topic, Partitions = [new() { Partition = 0, PartitionMaxBytes = 1 << 20 }] }],
        };
        var partition = (await connection.SendAsync(request, version: 12, TestGuard.Limit, TestContext.Current.CancellationToken)).Responses[0].Partitions[0];
        Assert.Equal(ErrorCode.None, partition.ErrorCode);
        return partition.Records?.Length ?? 0;
    }

    public async ValueTask DisposeAsync()
    {
        Files.OpenGate();
        if (!_isStopped) await StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
        _sockets.Dispose();
        _directory.Dispose();
        Files.Dispose();
        _http.Dispose();
        _folder.Dispose();
    }
}
