using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;

namespace Actors.Gateway.Kafka;

/// <summary>Kestrel's way into the Kafka front end: one <see cref="ClientSession"/> for each connection.</summary>
/// <remarks>When the server stops, every session stops reading, answers what it has accepted, and ends.</remarks>
public sealed class KafkaConnectionHandler : ConnectionHandler
{
    private readonly SessionServices _services;

    /// <summary>Called by the container.</summary>
    public KafkaConnectionHandler(
        KafkaGatewayOptions options,
        ProduceServices produce,
        ServedApis served,
        ApiVersionsHandler apiVersions,
        GatewayMetrics metrics,
        TimeProvider time,
        ILogger<KafkaConnectionHandler> logger) =>
        _services = new SessionServices(options, produce, served, apiVersions, new ByteBudget(options.MaxArrivingBytes / 2), new ByteBudget(options.MaxArrivingBytes / 2), new ProduceEvents(logger, time), metrics, time, logger);

    /// <inheritdoc/>
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var connections = _services.Metrics.Opened();
        try
        {
            if (connections > _services.Options.MaxConnections)
            {
                GatewayLog.TooManyConnections(_services.Logger, connection.RemoteEndPoint, connections - 1);
                connection.Abort(new ConnectionAbortedException("too many connections"));
                return;
            }

            await using var session = new ClientSession(connection, _services);
            using var stopping = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested
                .UnsafeRegister(static state => ((ClientSession)state!).Stop(), session);
            await session.RunAsync();
        }
        finally
        {
            _services.Metrics.Closed();
        }
    }
}
