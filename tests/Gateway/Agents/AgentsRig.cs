using System.Diagnostics.Metrics;
using System.Net;
using Actors.Gateway.Agents;
using Actors.Gateway.Tests.Support;
using Actors.Grains;
using Actors.Grains.Agents;
using Actors.Grains.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Actors.Gateway.Tests.Agents;

/// <summary>The front end for agents on a port of its own, on virtual time, with grains and stores that a test looks into and breaks.</summary>
internal sealed class AgentsRig : IAsyncDisposable
{
    /// <summary>The silo's secret.</summary>
    public const string Secret = "0123456789abcdef";

    private readonly WebApplication _app;
    private readonly HttpClient _http = new() { Timeout = TestGuard.Limit };

    private AgentsRig(WebApplication app, VirtualTime time, FakePeers peers, FakeStore store, TestMeters meters, LogCapture log)
    {
        (_app, Time, Peers, Store, Meters, Log) = (app, time, peers, store, meters, log);
        Port = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
    }

    public VirtualTime Time { get; }

    public FakePeers Peers { get; }

    public FakeStore Store { get; }

    public TestMeters Meters { get; }

    public LogCapture Log { get; }

    public int Port { get; }

    public AgentSockets Sockets => _app.Services.GetRequiredService<AgentSockets>();

    /// <summary>What is left of the memory for long frames.</summary>
    public long FreeArrivingBytes => _app.Services.GetRequiredService<ConnectionServices>().Arriving.FreeBytes;

    public long UtcNowMs => Time.GetUtcNow().ToUnixTimeMilliseconds();

    public static async Task<AgentsRig> StartAsync(AgentsGatewayOptions? options = null, ResumeSecret? resumes = null, int idSeed = 5)
    {
        var (time, store, meters, log) = (new VirtualTime(), new FakeStore(), new TestMeters(), new LogCapture(LogLevel.Information));
        var peers = new FakePeers();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(log);
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services.AddSingleton<IMeterFactory>(meters);
        builder.Services.AddSingleton(options ?? new AgentsGatewayOptions());
        builder.Services.AddSingleton(new HubSecret(Secret));
        if (resumes is not null)
            builder.Services.AddSingleton(resumes);
        builder.Services.AddSingleton(new IdSource(new Random(idSeed).NextBytes));
        builder.Services.AddSingleton(new LockedRandom(6));
        builder.Services.AddSingleton(FakeGrains.Of(peers));
        builder.Services.AddSingleton<IAgentViews>(new FakeViews());
        builder.Services.AddSingleton<IAgentKeys>(store);
        builder.Services.AddSingleton<IAgentPresence>(store);
        builder.Services.AddSingleton<IAgentReports>(store);
        builder.Services.AddSingleton<IAgentQueries>(store);
        builder.Services.AddAgentsGateway();
        builder.Services.StartAgentsGateway();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.UseWebSockets();
        app.MapAgents();
        await app.StartAsync().WaitAsync(TestGuard.Limit);
        return new AgentsRig(app, time, peers, store, meters, log);
    }

    public Task<TestPeer> AgentAsync(Guid agent, string? token = null) => TestPeer.ConnectAsync(Port, $"/agents/{agent:D}/connect", token);

    public Task<TestPeer> ClientAsync(string? token = null, string? resume = null) => TestPeer.ConnectAsync(Port, "/clients/connect", token, resume);

    /// <summary>Asks for a WebSocket as a client does, and reads the answer that is none.</summary>
    public async Task<(HttpStatusCode Status, string Body, HttpResponseMessage Answer)> DialAsync(
        string path, string? protocol = "actors.agents.v1", string? token = null, string? origin = null, bool isUpgrade = true, string? header = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Address(path));
        if (isUpgrade)
        {
            request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
            request.Headers.TryAddWithoutValidation("Upgrade", "websocket");
            request.Headers.TryAddWithoutValidation("Sec-WebSocket-Version", "13");
            request.Headers.TryAddWithoutValidation("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==");
        }

        if (protocol is not null)
            request.Headers.TryAddWithoutValidation("Sec-WebSocket-Protocol", protocol);
        if (token is not null)
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        if (origin is not null)
            request.Headers.TryAddWithoutValidation("Origin", origin);
        if (header is not null)
            request.Headers.TryAddWithoutValidation(header, "192.0.2.1");
        var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var body = answer.StatusCode == HttpStatusCode.SwitchingProtocols ? "" : await answer.Content.ReadAsStringAsync();
        answer.Dispose();
        return (answer.StatusCode, body, answer);
    }

    /// <summary>Sends a request of somebody who knows the silo's secret, unless another bearer is given; none when that is empty.</summary>
    public async Task<(HttpStatusCode Status, string Body)> SendAsync(
        HttpMethod method, string path, string? json = null, string? host = null, string bearer = Secret, string? header = null, string? origin = null)
    {
        using var request = new HttpRequestMessage(method, Address(path));
        request.Headers.Host = host;
        if (bearer.Length > 0)
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {bearer}");
        if (header is not null)
            request.Headers.TryAddWithoutValidation(header, "192.0.2.1");
        if (origin is not null)
            request.Headers.TryAddWithoutValidation("Origin", origin);
        if (json is not null)
            request.Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        using var answer = await _http.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public Task<(HttpStatusCode Status, string Body)> GetAsync(string path, string bearer = Secret) => SendAsync(HttpMethod.Get, path, bearer: bearer);

    /// <summary>A token of the cluster's key, which is made with the first.</summary>
    public async Task<string> TokenAsync(
        AgentTokenKind kind, Guid? subject = null, IReadOnlyList<Guid>? agents = null, Guid? tokenId = null, long validMs = 3_600_000) =>
        (await Store.EnsureAsync(CancellationToken.None)).Issue(new AgentTokenClaims
        {
            Kind = kind,
            TokenId = tokenId ?? Guid.NewGuid(),
            Subject = subject ?? Guid.NewGuid(),
            ExpiresAtUtcMs = UtcNowMs + validMs,
            IsForAllAgents = kind == AgentTokenKind.Client && agents is null,
            Agents = agents ?? [],
        });

    /// <summary>Stops the front end, as a silo does before its HTTP server.</summary>
    public Task StopAsync() => _app.Services.GetServices<IHostedService>().OfType<AgentsFrontEnd>().Single().StopAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        var stopping = StopAsync();
        await TestGuard.UntilAsync(
            () =>
            {
                Time.Pass(1_000);
                return stopping.IsCompleted;
            },
            "the front end stops");
        await stopping;
        await _app.StopAsync().WaitAsync(TestGuard.Limit);
        await _app.DisposeAsync();
        _http.Dispose();
        Meters.Dispose();
        Assert.Empty(Log.Named("Failed"));
    }

    private Uri Address(string path) => new($"http://127.0.0.1:{Port}{path}");
}
