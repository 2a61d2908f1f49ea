namespace Actors.Gateway.Agents;

/// <summary>How much a peer may still do now: so much a second in the long run, and what a quiet time has saved up. One caller at a time.</summary>
/// <param name="room">How much at once at first.</param>
internal struct Allowance(double room)
{
    private double _room = room;
    private long _atMs;

    /// <summary>Takes some, if there is enough.</summary>
    /// <param name="count">How much.</param>
    /// <param name="perSecond">How much comes back in a second.</param>
    /// <param name="seconds">For how many of them it is saved up.</param>
    /// <param name="nowMs">A clock that never goes back.</param>
    public bool TryTake(int count, int perSecond, int seconds, long nowMs)
    {
        _room = Math.Min((double)perSecond * seconds, _room + ((nowMs - _atMs) * (perSecond / 1_000.0)));
        _atMs = nowMs;
        if (_room < count)
            return false;
        _room -= count;
        return true;
    }
}
