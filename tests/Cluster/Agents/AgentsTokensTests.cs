using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Actors.Harness;

namespace Actors.Cluster.Tests.Agents;

/// <summary>A token belongs to the cluster, not to the silo that has issued it. It is a client's: each of its dials is another peer.</summary>
[Collection(CrowdCollection.Name)]
public sealed class AgentsTokensTests
{
    /// <summary>What is promised to whoever revokes a token.</summary>
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(5);

    /// <summary>For the machine, which runs three silos and two commands.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_token_of_one_silo_opens_another_and_is_revoked_at_a_third()
    {
        await using var cluster = await SiloCluster.StartAsync(3);
        var issued = JsonDocument.Parse((await TokenAsync(cluster.Silos[0], "create", "--reaches-all")).OutputOfSuccess()).RootElement;
        var (token, id) = (issued.GetProperty("token").GetString()!, issued.GetProperty("id").GetString()!);
        await UntilAsync(cluster.Silos[1], null, HttpStatusCode.Unauthorized); // since it knows that there are tokens
        using var open = Socket(token);
        await open.ConnectAsync(Address(cluster.Silos[1]), CancellationToken.None).WaitAsync(Guard);

        (await TokenAsync(cluster.Silos[2], "revoke", id)).OutputOfSuccess();
        var since = Stopwatch.GetTimestamp();

        await UntilAsync(cluster.Silos[1], token, HttpStatusCode.Unauthorized);
        Assert.InRange(Stopwatch.GetElapsedTime(since), TimeSpan.Zero, Promised + Slack);
        await open.SendAsync(Encoding.UTF8.GetBytes("""{"setTunnels":[]}"""), WebSocketMessageType.Text, true, CancellationToken.None).WaitAsync(Guard);
        Assert.Equal(4401, await CloseCodeAsync(open));
    }

    /// <summary>Dials until the answer is as wanted; a socket that was opened is left again.</summary>
    private static async Task UntilAsync(SiloProcess silo, string? token, HttpStatusCode wanted)
    {
        using var guard = new CancellationTokenSource(Guard);
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        HttpStatusCode? seen;
        while ((seen = await DialAsync(silo, token)) != wanted)
        {
            Assert.False(guard.IsCancellationRequested, $"After {Guard} {silo.Bootstrap} answers {seen}, not {wanted}.");
            await ticks.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private static async Task<HttpStatusCode?> DialAsync(SiloProcess silo, string? token)
    {
        using var socket = Socket(token);
        try
        {
            await socket.ConnectAsync(Address(silo), CancellationToken.None).WaitAsync(Guard);
        }
        catch (WebSocketException)
        {
            // The status says it; 0 is none.
        }

        return socket.HttpStatusCode;
    }

    private static async Task<int> CloseCodeAsync(ClientWebSocket socket)
    {
        using var guard = new CancellationTokenSource(Guard);
        var buffer = new byte[16_384];
        while ((await socket.ReceiveAsync(buffer, guard.Token)).MessageType != WebSocketMessageType.Close)
        {
        }

        return (int)socket.CloseStatus!;
    }

    private static Uri Address(SiloProcess silo) => new($"ws://127.0.0.1:{silo.Options.HttpPort}/clients/connect");

    private static ClientWebSocket Socket(string? token)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("actors.agents.v1");
        socket.Options.CollectHttpResponseDetails = true;
        if (token is not null) socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        return socket;
    }

    private static Task<ForeignProgram.Ending> TokenAsync(SiloProcess silo, params string[] command) =>
        SiloCluster.RunAsync(silo, ["agents", "token", .. command, "--output", "json", "--data-directory", silo.Options.DataDirectory]);
}
