using System.Collections.Concurrent;
using Actors.Agents;
using Actors.Grains.Agents;

namespace Actors.Gateway.Agents;

/// <summary>The sockets that this silo holds, and the connections whose grains have still to hear of their end.</summary>
public sealed class AgentSockets : IAgentSockets
{
    private readonly ConcurrentDictionary<(Guid Peer, long Epoch), AgentConnection> _open = new();
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _sockets;
    private int _unfinished;
    private bool _isEnding;

    /// <summary>Places for sockets that are taken, by open ones and by those that are about to be opened.</summary>
    public int Taken => Volatile.Read(ref _sockets);

    /// <summary>Connections, the ended ones included of which the grain does not know it yet.</summary>
    public int Unfinished => Volatile.Read(ref _unfinished);

    /// <summary>Connections whose sockets are open.</summary>
    internal IEnumerable<AgentConnection> Open => _open.Select(static entry => entry.Value);

    /// <inheritdoc/>
    public ShowOutcome Show(Guid peer, PeerShow show)
    {
        ArgumentNullException.ThrowIfNull(show);
        return _open.TryGetValue((peer, show.Epoch), out var connection) ? connection.Show(show) : ShowOutcome.NotHeld;
    }

    /// <inheritdoc/>
    public void Drop(Guid peer, long epoch, AgentCloseCode code)
    {
        if (_open.TryGetValue((peer, epoch), out var connection))
            connection.Close(code, code == AgentCloseCode.Replaced ? "a newer connection of this peer is there" : "");
    }

    /// <inheritdoc/>
    public bool Holds(Guid peer, long epoch)
    {
        if (!_open.TryGetValue((peer, epoch), out var connection))
            return false;
        connection.RenewSoon(withinMs: 0);
        return true;
    }

    /// <summary>Takes a place, if there is one.</summary>
    internal bool TryTake(int max)
    {
        if (Interlocked.Increment(ref _sockets) <= max)
            return true;
        GiveBack();
        return false;
    }

    /// <summary>Gives a place back.</summary>
    internal void GiveBack() => Interlocked.Decrement(ref _sockets);

    /// <summary>A connection begins; it is found from here on.</summary>
    internal void Add(AgentConnection connection)
    {
        Interlocked.Increment(ref _unfinished);
        _open[(connection.Pass.Id, connection.Epoch)] = connection;
    }

    /// <summary>Its socket is closed; it is found no more.</summary>
    internal void Remove(AgentConnection connection) => _open.TryRemove((connection.Pass.Id, connection.Epoch), out _);

    /// <summary>Its grain knows of its end.</summary>
    internal void Finished()
    {
        if (Interlocked.Decrement(ref _unfinished) == 0 && Volatile.Read(ref _isEnding))
            _empty.TrySetResult();
    }

    /// <summary>Completes when no connection is left; nothing is added any more.</summary>
    internal Task WhenEmptyAsync()
    {
        Volatile.Write(ref _isEnding, true);
        if (Volatile.Read(ref _unfinished) == 0)
            _empty.TrySetResult();
        return _empty.Task;
    }
}
