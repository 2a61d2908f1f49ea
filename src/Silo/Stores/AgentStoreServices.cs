using System.Security.Cryptography;
using Actors.Grains.Agents;
using Actors.Silo.Options;
using Actors.Silo.Stores.PostgreSql;
using Actors.Silo.Stores.PostgreSql.Agents;
using Actors.Silo.Stores.Sqlite;
using Actors.Silo.Stores.Sqlite.Agents;
using Orleans;

namespace Actors.Silo.Stores;

/// <summary>Registers what the agents' hub keeps, and what writes and reads it in batches.</summary>
public static class AgentStoreServices
{
    /// <summary>The agents' own connections to the database: a storm of theirs leaves those of topics and membership alone.</summary>
    private const int MaxConnections = 10;

    /// <summary>With the spread of a quarter and the time of the look itself a silo knows within 5 s what another one has revoked.</summary>
    private static readonly TimeSpan KeyPeriod = TimeSpan.FromSeconds(3);

    /// <summary>Adds the agents' stores, and what starts and ends with them; the store itself is registered before.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="silo">Says which store it is.</param>
    public static IServiceCollection AddAgentStores(this IServiceCollection services, SiloOptions silo)
    {
        ArgumentNullException.ThrowIfNull(silo);
        if (silo.IsClustered) services.AddPostgreSql(silo.Store);
        else services.AddEmbedded();
        services.AddSingleton(static provider => provider.GetRequiredService<SiloConfiguration>().Bound.Get<AgentsOptions>());
        services.AddSingleton(static provider => provider.GetRequiredService<AgentsOptions>().ToWorkers());
        services.AddSingleton(static provider => provider.GetRequiredService<AgentsOptions>().ToPeers());
        services.AddSingleton(static provider => provider.GetRequiredService<AgentsOptions>().ToWriter());
        services.AddSingleton(static provider => provider.GetRequiredService<AgentsOptions>().ToStatus());
        services.AddSingleton(static provider => provider.GetRequiredService<AgentsOptions>().ToCleaner());
        services.AddSingleton<BatchMetrics>();
        services.AddSingleton<IAgentPeerLookups, PeerLookups>();
        services.AddSingleton<AgentWriter>();
        services.AddSingleton<IAgentPresence>(static provider => provider.GetRequiredService<AgentWriter>());
        services.AddSingleton<IAgentReports>(static provider => provider.GetRequiredService<AgentWriter>());
        services.AddSingleton<IAgentQueries, AgentQueries>();
        services.AddSingleton(static provider => new AgentKeys(
            provider.GetRequiredService<IAgentTokenRows>(),
            provider.GetRequiredService<IAgentRows>(),
            static () => RandomNumberGenerator.GetBytes(AgentTokens.MinKeyBytes),
            KeyPeriod,
            new Random(RandomNumberGenerator.GetInt32(int.MaxValue)), // silos that start together do not look together
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<AgentKeys>>()));
        services.AddSingleton<IAgentKeys>(static provider => provider.GetRequiredService<AgentKeys>());
        services.AddSingleton(static provider => new AgentCleaner(
            provider.GetRequiredService<IAgentPeerRows>(),
            provider.GetRequiredService<IAgentRows>(),
            provider.GetRequiredService<IAgentConnectionLog>(),
            provider.GetRequiredService<IAgentTokenRows>(),
            new PeerSettler(
                provider.GetRequiredService<IAgentPeerRows>(),
                provider.GetRequiredService<IAgentViews>(),
                peer => provider.GetRequiredService<IGrainFactory>().GetGrain<IAgentPeerGrain>(IAgentPeerGrain.KeyOf(peer)).Describe(),
                provider.GetRequiredService<AgentCleanerOptions>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<PeerSettler>>()),
            provider.GetRequiredService<AgentCleanerOptions>(),
            new Random(RandomNumberGenerator.GetInt32(int.MaxValue)), // silos that start together do not clean together
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<AgentCleaner>>()));
        return services.AddHostedService<AgentStoreOpener>();
    }

    private static void AddEmbedded(this IServiceCollection services)
    {
        services.AddSingleton<IAgentPeerRows>(static provider => new SqliteAgentPeerRows(provider.GetRequiredService<SqliteDatabase>()));
        services.AddSingleton<IAgentRows>(static provider => new SqliteAgentRows(provider.GetRequiredService<SqliteDatabase>()));
        services.AddSingleton<IAgentConnectionLog>(static provider => new SqliteAgentConnectionLog(provider.GetRequiredService<SqliteDatabase>()));
        services.AddSingleton<IAgentMetadata>(static provider => new SqliteAgentMetadata(provider.GetRequiredService<SqliteDatabase>()));
        services.AddSingleton<IAgentTokenRows>(static provider => new SqliteAgentTokenRows(provider.GetRequiredService<SqliteDatabase>()));
    }

    private static void AddPostgreSql(this IServiceCollection services, string connectionString)
    {
        services.AddKeyedSingleton(nameof(AgentStoreServices), (provider, _) => new PostgreSqlDatabase(
            connectionString, new PostgreSqlOptions { MaxConnections = MaxConnections }, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IAgentPeerRows>(static provider => new PostgreSqlAgentPeerRows(Database(provider)));
        services.AddSingleton<IAgentRows>(static provider => new PostgreSqlAgentRows(Database(provider)));
        services.AddSingleton<IAgentConnectionLog>(static provider => new PostgreSqlAgentConnectionLog(Database(provider)));
        services.AddSingleton<IAgentMetadata>(static provider => new PostgreSqlAgentMetadata(Database(provider)));
        services.AddSingleton<IAgentTokenRows>(static provider => new PostgreSqlAgentTokenRows(Database(provider)));
    }

    private static PostgreSqlDatabase Database(IServiceProvider provider) => provider.GetRequiredKeyedService<PostgreSqlDatabase>(nameof(AgentStoreServices));
}
