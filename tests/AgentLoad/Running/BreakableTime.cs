namespace Actors.AgentLoad.Tests.Running;

/// <summary>The system's clock until it breaks.</summary>
internal sealed class BreakableTime : TimeProvider
{
    private volatile bool _isBroken;

    public void Break() => _isBroken = true;

    public override long GetTimestamp() => _isBroken ? throw new InvalidOperationException("the clock broke") : base.GetTimestamp();
}
