using Actors.Gateway.Kafka;
using Actors.Silo.Health;
using Actors.Silo.Lifetime;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Actors.Silo.Hosting;

/// <summary>
/// The listener for Kafka clients: a server of its own, so that it opens last and closes first while HTTP answers all the
/// time. A stop takes no more connections and lets each finish what it has accepted.
/// </summary>
/// <param name="services">Makes the connection handler.</param>
/// <param name="sockets">The bound socket.</param>
/// <param name="health">Told what is going on.</param>
/// <param name="loggers">For the server's own messages.</param>
public sealed class KafkaListener(IServiceProvider services, ListenSockets sockets, SiloHealth health, ILoggerFactory loggers)
    : IHostedService, IDisposable
{
    private KestrelServer? _server;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        health.Enter("opening the Kafka listener");
        var options = new KestrelServerOptions { ApplicationServices = services };
        options.Listen(sockets.KafkaEndPoint, static listen => listen.UseKafka());
        var transport = new SocketTransportOptions { CreateBoundListenSocket = _ => sockets.Kafka };
        _server = new(
            Microsoft.Extensions.Options.Options.Create(options),
            new SocketTransportFactory(Microsoft.Extensions.Options.Options.Create(transport), loggers),
            loggers);
        return _server.StartAsync(new NoHttp(), cancellationToken);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        health.Enter("finishing requests of Kafka clients");
        return _server?.StopAsync(cancellationToken) ?? Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose() => _server?.Dispose();

    /// <summary>The server asks for it; no connection ever gets there.</summary>
    private sealed class NoHttp : IHttpApplication<IFeatureCollection>
    {
        public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

        public Task ProcessRequestAsync(IFeatureCollection context) => Task.CompletedTask;

        public void DisposeContext(IFeatureCollection context, Exception? exception)
        {
        }
    }
}
