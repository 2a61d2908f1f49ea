using Actors.Gateway.Agents;
using Actors.Gateway.Kafka;
using Actors.Gateway.Storage;
using Actors.Grains.Groups;
using Actors.Silo.Health;
using Actors.Silo.Http;
using Actors.Silo.Lifetime;
using Actors.Silo.Logs;
using Actors.Silo.Options;
using Actors.Silo.Stores;
using Actors.Silo.Telemetry;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Actors.Silo.Hosting;

/// <summary>
/// Puts the silo together. The order of registration is the order of start; a stop goes backwards:
/// telemetry, HTTP (health answers from here on), stores, log, grains, Kafka listener, agents.
/// </summary>
public static class SiloHost
{
    /// <summary>Builds the host; nothing is started.</summary>
    /// <param name="configuration">Checked options.</param>
    /// <param name="directory">The data directory, held by this process.</param>
    /// <param name="sockets">The bound sockets.</param>
    /// <param name="startedAt">When the program began.</param>
    /// <param name="replace">Registers what stands in for parts of the silo, such as files that fail; null: nothing does.</param>
    public static IHost Build(
        SiloConfiguration configuration, DataDirectory directory, ListenSockets sockets, DateTimeOffset startedAt, Action<IServiceCollection>? replace = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(directory);
        ArgumentNullException.ThrowIfNull(sockets);
        var peering = SiloPeering.Read(configuration.Peering, sockets);
        return new HostBuilder()
            .UseContentRoot(AppContext.BaseDirectory)
            .ConfigureAppConfiguration(builder => builder.AddInMemoryCollection(LastOfEach(configuration.Given)))
            .ConfigureLogging((context, logging) => SiloLogging.Configure(logging, context.Configuration))
            .ConfigureServices(services => AddFoundation(services, configuration, directory, sockets, startedAt))
            .ConfigureServices(static services => services.AddSiloTelemetry())
            .ConfigureWebHost(web => ConfigureHttp(web, configuration.Http, sockets))
            .ConfigureServices(services =>
            {
                services.AddStore(configuration.Silo);
                services.AddSiloLog();
                services.AddSiloGrains();
                services.AddSiloStorage(configuration.Bound);
            })
            .UseOrleans(builder => GrainServices.ConfigureRuntime(builder, configuration, peering))
            .ConfigureServices(services =>
            {
                services.AddSingleton(static provider => provider.GetRequiredService<KafkaOptions>().ToGatewayOptions());
                services.AddGroupCoordinator();
                services.AddKafkaGateway();
                services.AddHostedService<KafkaListener>();
                services.AddSingleton(static provider => provider.GetRequiredService<SiloConfiguration>().Bound.Get<AgentsOptions>().ToGatewayOptions());
                services.AddSingleton(new HubSecret(directory.Secret));
                if (peering is not null) services.AddSingleton(_ => ResumeSecret.SharedBy(peering.Secret));
                services.AddAgentsGateway();
                services.AddStorageGateway();
                services.StartAgentsGateway();
                services.AddHostedService<AgentsStep>();
                services.StartInOrder();
                replace?.Invoke(services);
            })
            .Build();
    }

    private static void AddFoundation(
        IServiceCollection services, SiloConfiguration configuration, DataDirectory directory, ListenSockets sockets, DateTimeOffset startedAt)
    {
        services.AddSingleton(configuration);
        services.AddSingleton(configuration.Silo);
        services.AddSingleton(configuration.Kafka);
        services.AddSingleton(configuration.Http);
        services.AddSingleton(directory);
        services.AddSingleton(sockets);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new SiloIdentity(configuration, sockets, provider.GetRequiredService<TimeProvider>(), startedAt));
        services.AddSingleton<SiloHealth>();
        services.AddSingleton<IHostLifetime, SignalledLifetime>();
        services.Configure<HostOptions>(static options =>
        {
            // The process bounds both itself, with its own deadline and signals.
            options.ShutdownTimeout = Timeout.InfiniteTimeSpan;
            options.StartupTimeout = Timeout.InfiniteTimeSpan;
        });
    }

    private static void ConfigureHttp(IWebHostBuilder web, HttpOptions options, ListenSockets sockets) => web
        .UseKestrelCore()
        .ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = options.MaxConnections;
            kestrel.Listen(sockets.HttpEndPoint, static listen => listen.Protocols = HttpProtocols.Http1);
        })
        .ConfigureServices(services =>
        {
            services.AddRoutingCore();
            services.Configure<SocketTransportOptions>(transport =>
            {
                transport.CreateBoundListenSocket = _ => sockets.Http;

                // What a socket brings is dealt with where it is received, which is on the pool already, and what is written is sent where it is
                // written: two hops less for each frame of an agent. Unsafe means handlers that block, and none does.
                transport.UnsafePreferInlineScheduling = true;
            });
        })
        .Configure(SiloHttp.Configure);

    private static Dictionary<string, string?> LastOfEach(IEnumerable<OptionValue> given)
    {
        Dictionary<string, string?> last = new(StringComparer.OrdinalIgnoreCase);
        foreach (var value in given) last[value.Key] = value.Text;
        return last;
    }
}
