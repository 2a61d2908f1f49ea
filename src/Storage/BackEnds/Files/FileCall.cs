namespace Actors.Storage.BackEnds.Files;

/// <summary>Calls that block on files: not on the caller's thread, and with failures that say what to do.</summary>
internal static class FileCall
{
    public static Task<bool> RunAsync(string doing, Action action, CancellationToken cancellationToken) => RunAsync(doing, () =>
    {
        action();
        return true;
    }, cancellationToken);

    public static Task<T> RunAsync<T>(string doing, Func<T> action, CancellationToken cancellationToken) => Task.Run(() =>
    {
        try
        {
            return action();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw FileTrouble.Explain(doing, failure);
        }
    }, cancellationToken);
}
