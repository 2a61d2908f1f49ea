using Orleans.Runtime;

namespace Actors.Grains.Storage;

/// <summary>
/// Writes a state of a grain whose turns interleave: one write at a time, and all that ask while one runs are covered by one more.
/// Used in the grain's turns only.
/// </summary>
/// <param name="state">The state.</param>
internal sealed class StateWriter<T>(IPersistentState<T> state)
{
    private Task _running = Task.CompletedTask;
    private Task? _next;

    /// <summary>Completes when everything that the state holds at this moment is stored.</summary>
    public Task WriteAsync()
    {
        if (_next is not null) return _next;
        if (_running.IsCompleted) return _running = state.WriteStateAsync();
        return _next = FollowAsync(_running);
    }

    private async Task FollowAsync(Task before)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _next = null;
        _running = state.WriteStateAsync();
        await _running;
    }
}
