using Actors.Grains.Agents;
using Actors.Silo.Lifetime;
using Actors.Silo.Options;
using Actors.Silo.Stores.Sqlite;
using Actors.Silo.Stores.Sqlite.Agents;
using Actors.Silo.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Actors.Silo.Tests.Stores.Agents;

/// <summary>A whole silo with what the agents' hub keeps: it knows the keys when it is ready, and writes everything before it ends.</summary>
[Collection(nameof(SiloRig))]
public sealed class AgentStoreOpenerTests
{
    private static readonly Guid Agent = new("00000000-0000-4000-8000-00000000000c");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_silo_that_stops_writes_what_waits_before_its_store_closes()
    {
        await using var rig = new SiloRig();
        await rig.StartAsync();
        var atUtcMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var reports = rig.Services.GetRequiredService<IAgentReports>();
        rig.Services.GetRequiredService<IAgentPresence>().Connected(Agent, 5, atUtcMs);
        reports.Metadata(MetadataRow.Create(Agent, "load", "1", null, atUtcMs));
        reports.Connection(new() { Key = new(Agent, Agent, 0), Type = "ssh", ConnectedAtUtcMs = atUtcMs });
        await rig.Services.GetRequiredService<IAgentPeerLookups>().WriteAsync(new(new(Agent, new(5, 0), new(1, 1, 1), atUtcMs), []), Token);
        await rig.StopAsync();

        await using var store = SqliteDatabase.Open(rig.Services.GetRequiredService<DataDirectory>().StorePath, new SiloOptions().SqliteLibrary, TimeProvider.System);
        Assert.Equal(5, (await new SqliteAgentRows(store).ReadAsync(Agent, Token))!.Epoch);
        Assert.Single(await new SqliteAgentMetadata(store).ReadAsync(Agent, Token));
        Assert.Single(await new SqliteAgentConnectionLog(store).ReadAsync(new(), Token));
        Assert.NotNull((await new SqliteAgentPeerRows(store).ReadAsync([Agent], Token))[0].Row);
    }

    [Fact]
    public async Task What_is_asked_of_a_silo_comes_from_its_store()
    {
        await using var rig = new SiloRig();
        await rig.StartAsync();
        var keys = rig.Services.GetRequiredService<IAgentKeys>();
        Assert.Null(keys.Tokens);
        await keys.EnsureAsync(Token);
        await keys.IssuedAsync(new() { Kind = AgentTokenKind.Agent, TokenId = Agent, Subject = Agent, ExpiresAtUtcMs = long.MaxValue }, Token);
        var queries = rig.Services.GetRequiredService<IAgentQueries>();
        Assert.Equal(AgentStatus.Connecting, (await queries.FindAsync(Agent, Token))!.Status);
        Assert.Equal(1, (await queries.CountAsync(Token))[AgentStatus.Connecting]);
        Assert.Equal(Agent, Assert.Single(await keys.ListAsync(null, 10, Token)).TokenId);
    }
}
