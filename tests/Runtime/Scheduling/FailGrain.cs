using Orleans;

namespace Actors.Runtime.Tests.Scheduling;

/// <summary>Fails in every way.</summary>
[GrainType("test.fail")]
public sealed class FailGrain : Grain, IFailGrain
{
    public Task Now(string message) => throw new InvalidOperationException(message);

    public async Task<int> Later(string message)
    {
        await Task.Yield();
        throw new InvalidOperationException(message);
    }

    public async ValueTask<int> Value(string message)
    {
        await Task.Yield();
        throw new InvalidOperationException(message);
    }

    public Task Null() => null!;

    public Task Cancelled() => Task.FromCanceled(new CancellationToken(canceled: true));

    public Task<int> Works() => Task.FromResult(1);
}
