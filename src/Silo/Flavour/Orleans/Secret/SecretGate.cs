using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Actors.Silo.Flavour.Secret;

/// <summary>Lets a connection between silos go on only after the <see cref="SecretHandshake"/>. Safe for use from any thread.</summary>
/// <param name="secret">What all silos of the cluster know.</param>
/// <param name="time">The clock of the deadline.</param>
/// <param name="log">Told of who is refused.</param>
internal sealed partial class SecretGate(string secret, TimeProvider time, ILogger<SecretGate> log)
{
    /// <summary>The longest that the handshake may take.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    /// <summary>Stands before what a silo does with a connection that it has made.</summary>
    public ConnectionDelegate Dial(ConnectionDelegate next) => connection => PassAsync(connection, SecretHandshake.DialAsync, next);

    /// <summary>Stands before what a silo does with a connection that has come in.</summary>
    public ConnectionDelegate Listen(ConnectionDelegate next) => connection => PassAsync(connection, SecretHandshake.ListenAsync, next);

    private async Task PassAsync(ConnectionContext connection, Func<IDuplexPipe, string, CancellationToken, Task<bool>> handshake, ConnectionDelegate next)
    {
        using (var deadline = new CancellationTokenSource(Deadline, time))
        {
            var isPeer = false;
            try
            {
                isPeer = await handshake(connection.Transport, secret, deadline.Token);
            }
            catch (OperationCanceledException) when (deadline.IsCancellationRequested)
            {
                // It has said nothing for too long.
            }

            if (!isPeer)
            {
                LogRefused(log, connection.RemoteEndPoint?.ToString() ?? "unknown");
                connection.Abort(new ConnectionAbortedException("The other side does not have this cluster's secret."));
                return;
            }
        }

        await next(connection);
    }

    [LoggerMessage(4191, LogLevel.Warning, "{Peer} does not have this cluster's secret, and is refused. All silos of a cluster need the same Peering:Secret.")]
    private static partial void LogRefused(ILogger logger, string peer);
}
