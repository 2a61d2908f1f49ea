namespace Actors.Grains.Tests.Support;

/// <summary>The real clock's only part in tests: to end what hangs, and to look again where there is no event.</summary>
public static class TestGuard
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a test waits for what comes at once unless something is broken.</summary>
    private static TimeSpan Soon { get; } = TimeSpan.FromSeconds(10);

    /// <summary>Awaits what comes soon, and says what did not come where it does not.</summary>
    public static async Task<T> SoonAsync<T>(Task<T> task, string what)
    {
        await SoonAsync((Task)task, what);
        return await task;
    }

    /// <inheritdoc cref="SoonAsync{T}(Task{T}, string)"/>
    public static async Task SoonAsync(Task task, string what)
    {
        try
        {
            await task.WaitAsync(Soon);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            Assert.Fail($"Not within {Soon}: {what}");
        }
    }

    /// <summary>Waits until <paramref name="condition"/> holds, which is looked at every few milliseconds; for what has no event of its own.</summary>
    public static Task UntilAsync(Func<bool> condition, string what) => UntilAsync(() => Task.FromResult(condition()), what);

    /// <inheritdoc cref="UntilAsync(Func{bool}, string)"/>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        var since = TimeProvider.System.GetTimestamp();
        using var pauses = new PeriodicTimer(Pause);
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(since) > Limit)
                Assert.Fail($"Not within {Limit}: {what}");
            await pauses.WaitForNextTickAsync();
        }
    }
}
