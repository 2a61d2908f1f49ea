using System.IO.Pipelines;
using System.Net.Security;
using Microsoft.AspNetCore.Connections;

namespace Actors.Runtime.Peering;

/// <summary>A connection of Kestrel's, encrypted or not.</summary>
internal sealed class KestrelTransport : IPeerTransport
{
    private const int TlsBufferBytes = 16 * 1024;

    private readonly ConnectionContext _connection;
    private readonly SslStream? _tls;

    public KestrelTransport(ConnectionContext connection, SslStream? tls = null)
    {
        _connection = connection;
        _tls = tls;
        Input = tls is null ? connection.Transport.Input : PipeReader.Create(tls, new StreamPipeReaderOptions(bufferSize: TlsBufferBytes, leaveOpen: true));
        Output = tls is null ? connection.Transport.Output : PipeWriter.Create(tls, new StreamPipeWriterOptions(minimumBufferSize: TlsBufferBytes, leaveOpen: true));
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    /// <summary>Encrypts a connection where certificates are given.</summary>
    /// <exception cref="HandshakeException">That failed; the connection has been aborted.</exception>
    public static async Task<KestrelTransport> CreateAsync(ConnectionContext connection, PeerTls? tls, bool dialled, CancellationToken token)
    {
        if (tls is null)
        {
            return new KestrelTransport(connection);
        }

        var stream = new SslStream(new DuplexStream(connection.Transport.Input, connection.Transport.Output), leaveInnerStreamOpen: true);
        try
        {
            await (dialled ? tls.DialAsync(stream, token) : tls.AcceptAsync(stream, token)).ConfigureAwait(false);
            return new KestrelTransport(connection, stream);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            await EndAsync(connection, stream).ConfigureAwait(false);
            throw new HandshakeException(HandshakeProblem.Tls, $"The connection could not be encrypted: {error.Message} {Introduction.SameCertificates}", error);
        }
        catch
        {
            await EndAsync(connection, stream).ConfigureAwait(false);
            throw;
        }
    }

    public void Abort(string reason) => _connection.Abort(new ConnectionAbortedException(reason));

    public async ValueTask DisposeAsync()
    {
        if (_tls is not null)
        {
            try
            {
                await Output.FlushAsync().ConfigureAwait(false);
                await _tls.ShutdownAsync().ConfigureAwait(false);
            }
            catch (Exception error) when (error is IOException or InvalidOperationException or ConnectionAbortedException or ConnectionResetException)
            {
                // The peer is gone.
            }

            await _tls.DisposeAsync().ConfigureAwait(false);
        }

        await _connection.Transport.Input.CompleteAsync().ConfigureAwait(false);
        await _connection.Transport.Output.CompleteAsync().ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task EndAsync(ConnectionContext connection, SslStream stream)
    {
        connection.Abort(new ConnectionAbortedException("TLS failed"));
        await stream.DisposeAsync().ConfigureAwait(false);
        await connection.DisposeAsync().ConfigureAwait(false);
    }
}
