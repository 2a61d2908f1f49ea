using Orleans;

namespace Actors.Runtime.Tests.Life;

/// <inheritdoc cref="IBriefGrain"/>
[GrainType("test.brief")]
public sealed class BriefGrain(Ender ender) : Grain, IBriefGrain
{
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        ender.Begins(GrainContext);
    }

    public Task Touch() => Task.CompletedTask;
}
