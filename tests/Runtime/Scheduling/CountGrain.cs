using Orleans;

namespace Actors.Runtime.Tests.Scheduling;

/// <summary>Counts its calls, and watches that its turns do not overlap.</summary>
[GrainType("test.count")]
public sealed class CountGrain(Ledger ledger) : Grain, ICountGrain
{
    private int _inTurn;
    private int _running;

    private string Key => this.GetPrimaryKeyString();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        ledger.Begin(Key, this);
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_running != 0)
        {
            ledger.Faults.Enqueue($"{Key} was deactivated with {_running} calls running");
        }

        await Task.Yield();
        ledger.End(Key, this);
    }

    public Task Count()
    {
        Note();
        return Task.CompletedTask;
    }

    public async Task CountSlowly()
    {
        Note();
        if (++_running != 1)
        {
            ledger.Faults.Enqueue($"{Key} ran two calls beside each other");
        }

        await Task.Yield();
        _running--;
    }

    public async Task CountBeside()
    {
        Note();
        await Task.Yield();
    }

    public Task CountAndEnd()
    {
        Note();
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    private void Note()
    {
        if (Interlocked.Increment(ref _inTurn) != 1)
        {
            ledger.Faults.Enqueue($"{Key} ran two turns at once");
        }

        ledger.Call(Key, this);
        Interlocked.Decrement(ref _inTurn);
    }
}
