using System.Diagnostics;
namespace Actors.Bench.Agents.Pairs;

/// <summary>An agent, and maybe a client with a tunnel to it: what the one says the other hears.</summary>
/// <remarks>Whoever hears runs on a thread of the sockets; the next number is only said when the last one was heard, or from one thread.</remarks>
internal sealed class Pair(HubDialect dialect, Guid agent, PairSocket speaker, PairSocket? listener) : IDisposable
{
    private const int Kept = 64;
    private readonly byte[] _update = dialect.Update(agent);
    private readonly long[] _sentAt = new long[Kept];
    private long _sent;
    private Action<Pair, long>? _heard;

    /// <summary>The number that the client has heard last.</summary>
    public long Heard { get; private set; }

    /// <summary>Numbers that were not heard because a later one took their place.</summary>
    public long PassedOver { get; private set; }

    /// <summary>Numbers that came twice, or after a later one.</summary>
    public long Stale { get; private set; }

    /// <summary>The last number that was sent.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>Both ends of the sockets are read from now on.</summary>
    /// <param name="failed">Takes what ends a loop.</param>
    public void Start(Action<Exception> failed)
    {
        _ = ReadAsync(speaker, failed);
        if (listener is not null) _ = ReadAsync(listener, failed);
    }

    /// <summary>What is done when a number is heard, with the ticks that it took.</summary>
    public void OnHeard(Action<Pair, long>? heard) => Volatile.Write(ref _heard, heard);

    /// <summary>The agent says the next number.</summary>
    /// <param name="dueAt">From when its latency counts, in ticks of <see cref="Stopwatch"/>.</param>
    public Task SayAsync(long dueAt)
    {
        var sequence = ++_sent;
        _sentAt[sequence % Kept] = dueAt;
        HubDialect.Number(_update, sequence);
        return speaker.SendAsync(_update);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        speaker.Dispose();
        listener?.Dispose();
    }

    private async Task ReadAsync(PairSocket socket, Action<Exception> failed)
    {
        try
        {
            while (true)
            {
                var frame = await socket.ReceiveFrameAsync();
                if (dialect.Pong(frame.Span) is { Length: > 0 } pong) _ = socket.SendAsync(pong);
                if (socket == listener && HubDialect.NumberIn(frame.Span) is var number and >= 0) Hear(number);
            }
        }
        catch (Exception failure)
        {
            failed(failure);
        }
    }

    private void Hear(long number)
    {
        if (number <= Heard)
        {
            Stale++;
            return;
        }

        PassedOver += number - Heard - 1;
        Heard = number;
        Volatile.Read(ref _heard)?.Invoke(this, Stopwatch.GetTimestamp() - _sentAt[number % Kept]);
    }
}
