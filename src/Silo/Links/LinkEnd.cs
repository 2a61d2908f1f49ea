using System.Net;
using Actors.Grains.Storage;

namespace Actors.Silo.Links;

/// <summary>One end of a link, looked at from the machine that may be there. Used by one caller at a time.</summary>
/// <param name="link">The link's name.</param>
/// <param name="node">The node of this end.</param>
/// <param name="address">The end's address: whose machine has it, is there.</param>
/// <param name="cards">This machine's cards.</param>
/// <param name="time">Its monotonic clock counts.</param>
public sealed class LinkEnd(string link, string node, IPAddress address, INetworkCards cards, TimeProvider time)
{
    private CardReading? _last;
    private long _lastAt;
    private bool _wasHere;

    /// <summary>What is seen now; null when this machine is not at this end, and never was.</summary>
    public LinkSight? Look()
    {
        var now = time.GetTimestamp();
        if (cards.Read(address) is not { } card)
        {
            _last = null;
            // An address that went away is a link that is down.
            return _wasHere ? new LinkSight { Link = link, Node = node, IsUp = false } : null;
        }

        _wasHere = true;
        long? rate = null;
        if (_last is { } last && card.ReceivedBytes >= last.ReceivedBytes && card.SentBytes >= last.SentBytes && time.GetElapsedTime(_lastAt, now) is { Ticks: > 0 } passed)
            rate = (long)(Math.Max(card.ReceivedBytes - last.ReceivedBytes, card.SentBytes - last.SentBytes) / passed.TotalSeconds);
        (_last, _lastAt) = (card, now);
        return new LinkSight { Link = link, Node = node, IsUp = card.IsUp, BytesPerSecond = rate };
    }
}
