using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Actors.Storage.Tests.BackEnds.Qemu;

/// <summary>A client of the Network Block Device protocol (doc/proto.md of the NBD project): fixed newstyle handshake, simple replies, one request at a time.</summary>
internal sealed class NbdClient : IAsyncDisposable
{
    private const ulong OptionMagic = 0x49484156454F5054;
    private const uint RequestMagic = 0x25609513;
    private const uint ReplyMagic = 0x67446698;

    private readonly NetworkStream _stream;
    private ulong _cookie;

    private NbdClient(NetworkStream stream) => _stream = stream;

    public long SizeBytes { get; private set; }

    public static async Task<NbdClient> ConnectAsync(string socket, string export)
    {
        var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket));
        var client = new NbdClient(new NetworkStream(connection, ownsSocket: true));
        var greeting = await client.ReadAsync(18);
        Assert.Equal("NBDMAGICIHAVEOPT", Encoding.ASCII.GetString(greeting[..16]));
        var name = Encoding.UTF8.GetBytes(export);
        var choice = new byte[4 + 16 + name.Length];
        BinaryPrimitives.WriteUInt32BigEndian(choice, 3); // fixed newstyle, no zeroes
        BinaryPrimitives.WriteUInt64BigEndian(choice.AsSpan(4), OptionMagic);
        BinaryPrimitives.WriteUInt32BigEndian(choice.AsSpan(12), 1); // NBD_OPT_EXPORT_NAME
        BinaryPrimitives.WriteInt32BigEndian(choice.AsSpan(16), name.Length);
        name.CopyTo(choice, 20);
        await client._stream.WriteAsync(choice);
        client.SizeBytes = BinaryPrimitives.ReadInt64BigEndian(await client.ReadAsync(10));
        return client;
    }

    public async Task<byte[]> ReadAsync(long offset, int length)
    {
        await SendAsync(0, offset, length, []);
        return await ReadAsync(length);
    }

    public Task WriteAsync(long offset, byte[] content) => SendAsync(1, offset, content.Length, content);

    public Task FlushAsync() => SendAsync(3, 0, 0, []);

    public async ValueTask DisposeAsync() => await _stream.DisposeAsync();

    private async Task SendAsync(ushort type, long offset, int length, byte[] content)
    {
        var request = new byte[28 + content.Length];
        BinaryPrimitives.WriteUInt32BigEndian(request, RequestMagic);
        BinaryPrimitives.WriteUInt16BigEndian(request.AsSpan(6), type);
        BinaryPrimitives.WriteUInt64BigEndian(request.AsSpan(8), ++_cookie);
        BinaryPrimitives.WriteInt64BigEndian(request.AsSpan(16), offset);
        BinaryPrimitives.WriteInt32BigEndian(request.AsSpan(24), length);
        content.CopyTo(request, 28);
        await _stream.WriteAsync(request);
        var reply = await ReadAsync(16);
        Assert.Equal((ReplyMagic, 0u, _cookie), (BinaryPrimitives.ReadUInt32BigEndian(reply), BinaryPrimitives.ReadUInt32BigEndian(reply.AsSpan(4)), BinaryPrimitives.ReadUInt64BigEndian(reply.AsSpan(8))));
    }

    private async Task<byte[]> ReadAsync(int length)
    {
        var bytes = new byte[length];
        await _stream.ReadExactlyAsync(bytes).AsTask().WaitAsync(BackEndWorld.Guard);
        return bytes;
    }
}
