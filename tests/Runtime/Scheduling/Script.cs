using Actors.Runtime.Tests.Support;
using Orleans;

namespace Actors.Runtime.Tests.Scheduling;

/// <summary>Does what <see cref="IScriptGrain"/> says; shared with its reentrant sibling.</summary>
public abstract class Script(Probe probe) : Grain
{
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        probe.Add("activate " + this.GetPrimaryKeyString());
        if (this.GetPrimaryKeyString().StartsWith("gated", StringComparison.Ordinal))
        {
            await probe.Gate("activate");
        }
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        probe.Add($"deactivate {this.GetPrimaryKeyString()} {reason.ReasonCode}");
        if (this.GetPrimaryKeyString().EndsWith("slow end", StringComparison.Ordinal))
        {
            await probe.Gate("end").WaitAsync(cancellationToken);
        }
    }

    public Task<string> Normal(string step) => Step(step);

    public Task<string> Always(string step) => Step(step);

    public Task<string> Read(string step) => Step(step);

    public Task OneWay(string step) => Step(step);

    public ValueTask OneWayValue(string step) => new(Step(step));

    public Task<int> Fast(int value) => Task.FromResult(value);

    public ValueTask<int> FastValue(int value) => new(value);

    public async ValueTask<int> SlowValue(int value)
    {
        await Task.Yield();
        return value;
    }

    public ValueTask Nothing() => default;

    public Task Deactivate()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    private async Task<string> Step(string step)
    {
        probe.Add(step + "+");
        await probe.Gate(step);
        if (step.StartsWith("fail", StringComparison.Ordinal))
        {
            throw new InvalidOperationException(step);
        }

        probe.Add(step + "-");
        return step;
    }
}
