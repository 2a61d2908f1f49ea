namespace Actors.Gateway.Kafka;

/// <summary>Exchanges that may be used again. Any thread gives them back; one thread, the connection's reader, takes them.</summary>
/// <remarks>The taker takes everything that was given at once, so an exchange cannot come back between two looks at the list's front.</remarks>
internal sealed class FreeExchanges
{
    private Exchange? _given;
    private Exchange? _taken;

    /// <summary>Gives exchanges back that nobody uses, linked by <see cref="Exchange.NextFree"/>. From the return on they are the taker's.</summary>
    /// <param name="first">The front of the chain.</param>
    /// <param name="last">Its end.</param>
    public void Give(Exchange first, Exchange last)
    {
        // Kept here: once the chain is published, its links are the taker's.
        var front = Volatile.Read(ref _given);
        while (true)
        {
            last.NextFree = front;
            var seen = Interlocked.CompareExchange(ref _given, first, front);
            if (seen == front)
            {
                return;
            }

            front = seen;
        }
    }

    /// <summary>Takes one that nobody uses; null when there is none.</summary>
    public Exchange? Take()
    {
        _taken ??= Interlocked.Exchange(ref _given, null);
        if (_taken is not { } exchange)
        {
            return null;
        }

        _taken = exchange.NextFree;
        exchange.NextFree = null;
        return exchange;
    }
}
