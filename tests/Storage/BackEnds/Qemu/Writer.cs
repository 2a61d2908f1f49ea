namespace Actors.Storage.Tests.BackEnds.Qemu;

/// <summary>An application that writes and reads its volume without a pause, and knows what it has to hold.</summary>
internal sealed class Writer : IAsyncDisposable
{
    private const int BlockBytes = 4_096;

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly byte[] _content;
    private NbdClient _client;
    private readonly Task _writing;
    private int _writes;
    private (int AtLeast, TaskCompletionSource Reached)? _waiting;

    private Writer(NbdClient client, byte[] content)
    {
        (_client, _content) = (client, content);
        _writing = Task.Run(WriteAsync);
    }

    public static async Task<Writer> StartAsync(QemuWorld world)
    {
        var client = await world.ConnectAsync();
        return new Writer(client, await client.ReadAsync(0, (int)client.SizeBytes));
    }

    /// <summary>Ends when so many writes more have been acknowledged.</summary>
    public Task WroteAsync(int writes)
    {
        lock (_gate)
        {
            if (_writing.IsCompleted) return _writing;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting = (_writes + writes, reached);
            return reached.Task.WaitAsync(BackEndWorld.Guard);
        }
    }

    /// <summary>Stops writing and compares every byte.</summary>
    public async Task AssertHoldsAsync()
    {
        await _stop.CancelAsync();
        await _writing.WaitAsync(BackEndWorld.Guard);
        Assert.Equal(_content, await _client.ReadAsync(0, _content.Length));
    }

    public async Task ReconnectAsync(QemuWorld world)
    {
        await _client.DisposeAsync();
        _client = await world.ConnectAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await _writing;
        }
        finally
        {
            await _client.DisposeAsync();
            _stop.Dispose();
        }
    }

    private async Task WriteAsync()
    {
        var random = new Random(7);
        while (!_stop.IsCancellationRequested)
        {
            var block = random.Next(_content.Length / BlockBytes) * BlockBytes;
            random.NextBytes(_content.AsSpan(block, BlockBytes));
            await _client.WriteAsync(block, _content.AsSpan(block, BlockBytes).ToArray());
            var other = random.Next(_content.Length / BlockBytes) * BlockBytes;
            Assert.Equal(_content.AsSpan(other, BlockBytes).ToArray(), await _client.ReadAsync(other, BlockBytes));
            if (_writes % 16 == 0) await _client.FlushAsync();
            lock (_gate)
            {
                _writes++;
                if (_waiting is { } waiting && _writes >= waiting.AtLeast) waiting.Reached.TrySetResult();
            }
        }
    }
}
