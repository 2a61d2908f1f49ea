namespace Actors.Runtime.Tests.Support;

/// <summary>The real clock, as a guard only: a test that waits for an event names it, and fails when it does not come.</summary>
internal static class Guard
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static async Task Within(Task task, string what)
    {
        try
        {
            await task.WaitAsync(Limit);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw new TimeoutException($"Waited {Limit.TotalSeconds} s in vain for: {what}");
        }
    }

    public static async Task<T> Within<T>(Task<T> task, string what)
    {
        await Within((Task)task, what);
        return await task;
    }

    /// <summary>Looks every few milliseconds; for what raises no event.</summary>
    public static async Task Until(Func<bool> condition, string what)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var pauses = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        while (!condition())
        {
            if (limit.IsCancellationRequested)
            {
                throw new TimeoutException($"Waited {Limit.TotalSeconds} s in vain for: {what}");
            }

            await pauses.WaitForNextTickAsync(CancellationToken.None);
        }
    }
}
