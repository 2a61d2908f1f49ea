using Actors.AgentLoad.Wire;

namespace Actors.AgentLoad.Running;

/// <summary>The time after everything is settled, in which nobody may be told anything.</summary>
internal sealed partial class LoadLoop
{
    private long _quietSince = long.MaxValue;
    private long _unquiet;

    /// <summary>From now on nobody is to be told anything.</summary>
    public void BeginQuiet() => (_quietSince, _unquiet) = (Now(), 0);

    /// <summary>Ends that.</summary>
    /// <returns>Whether nobody was told anything.</returns>
    public bool EndQuiet()
    {
        _quietSince = long.MaxValue;
        return _unquiet == 0;
    }

    /// <summary>Whether an update that comes now is out of place: unless one of the two has connected anew in the quiet time, nobody has to be told.</summary>
    private bool IsUnquiet(LoadPeer peer, LoadPeer subject) =>
        _now >= _quietSince && peer.JoinedAt < _quietSince && subject.JoinedAt < _quietSince && subject.At == LoadPeer.State.Joined;

    private void FailUnquiet(LoadPeer peer, in HubFrame frame) =>
        Fail(peer, "unquiet", $"it was told {frame.Kind} of {frame.Peer:D} after everybody knew everything and nothing was sent any more");
}
