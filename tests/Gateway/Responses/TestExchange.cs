using Actors.Gateway.Kafka;
using Actors.Kafka;

namespace Actors.Gateway.Tests.Responses;

/// <summary>An exchange whose answer is its number, in a frame of 8 bytes or more.</summary>
internal sealed class TestExchange : Exchange
{
    private readonly bool _isDeferred;
    private readonly int _paddingBytes;
    private int _released;

    public TestExchange(int number, bool isDeferred = false, int paddingBytes = 0, long heldBytes = 0)
    {
        (CorrelationId, HeldBytes, _isDeferred, _paddingBytes) = (number, heldBytes, isDeferred, paddingBytes);
    }

    public override bool IsDeferred => _isDeferred;

    /// <summary>Where a deferred answer waits while it is made.</summary>
    public Task Preparation { get; init; } = Task.CompletedTask;

    public int Released => Volatile.Read(ref _released);

    public override ValueTask PrepareAsync(CancellationToken token) => new(Preparation.WaitAsync(token));

    public override void Write(ref KafkaWriter writer)
    {
        writer.WriteInt32(4 + _paddingBytes);
        writer.WriteInt32(CorrelationId);
        writer.WriteRaw(new byte[_paddingBytes]);
    }

    public override bool Release()
    {
        Interlocked.Increment(ref _released);
        return false;
    }
}
