using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using Actors.Harness;
using Actors.Kafka.Messages;

namespace Actors.Kafka.Tests.Client;

/// <summary>A listener on loopback that does with each connection what the test says.</summary>
internal sealed class ScriptedBroker(Func<ScriptedBroker.BrokerSide, Task> script) : IAsyncDisposable
{
    private readonly LoopbackServer _server = new(async (socket, stopping) =>
    {
        using var side = new BrokerSide(socket, stopping);
        await script(side);
    });

    public int Port => _server.Port;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>The broker's end of one connection.</summary>
    internal sealed class BrokerSide(Socket socket, CancellationToken stopping) : IDisposable
    {
        private readonly NetworkStream _stream = new(socket, ownsSocket: true);

        /// <summary>Every frame that came, header and body.</summary>
        public List<byte[]> Frames { get; } = [];

        public async Task<(RequestHeader Header, IKafkaRequest Request)> ReadAsync()
        {
            var prefix = new byte[4];
            await _stream.ReadExactlyAsync(prefix, stopping);
            var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(prefix)];
            await _stream.ReadExactlyAsync(frame, stopping);
            Frames.Add(frame);
            return Parse(frame);
        }

        public Task RespondAsync(RequestHeader header, IKafkaResponse response) => RespondAsync(header, response, header.Version);

        public async Task RespondAsync(RequestHeader header, IKafkaResponse response, short version)
        {
            var output = new ArrayBufferWriter<byte>();
            KafkaFrame.WriteResponse(output, response, version, header.CorrelationId);
            await SendAsync(output.WrittenMemory);
        }

        public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await _stream.WriteAsync(bytes, stopping);

        public void Dispose() => _stream.Dispose();

        /// <summary>Answers ApiVersions with everything that the codec knows.</summary>
        public async Task NegotiateAsync()
        {
            var (header, _) = await ReadAsync();
            await RespondAsync(header, AllVersions());
        }

        /// <summary>Waits until the client closes.</summary>
        public async Task ReadToEndAsync() => await _stream.CopyToAsync(Stream.Null, stopping);

        public static ApiVersionsResponse AllVersions() => new()
        {
            ApiKeys = [.. ApiTable.All.Select(a => new ApiVersionsResponse.ApiVersion { ApiKey = (short)a.Key, MinVersion = a.LowestVersion, MaxVersion = a.HighestVersion })],
        };

        private static (RequestHeader Header, IKafkaRequest Request) Parse(byte[] frame)
        {
            var reader = new KafkaReader(frame);
            Assert.True(RequestHeader.TryRead(ref reader, out var header));
            var request = ApiTable.Get(header.ApiKey).ReadRequest(ref reader, header.Version);
            Assert.Equal((Malformation.None, 0), (reader.Failure, reader.Remaining));
            return (header, request);
        }
    }
}
