namespace Actors.Runtime.Tests.Clusters.Stress;

/// <summary>The ways between nodes, each direction of which can be cut apart: what is sent on it arrives when it is mended.</summary>
/// <remarks>Safe for use from any thread.</remarks>
internal sealed class PeerNetwork
{
    private readonly Lock _lock = new();
    private readonly HashSet<(int From, int To)> _cut = [];
    private TaskCompletionSource _mended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Cut(int from, int to)
    {
        lock (_lock)
        {
            _cut.Add((from, to));
        }
    }

    public void MendAll()
    {
        lock (_lock)
        {
            _cut.Clear();
            _mended.SetResult();
            _mended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Ends when what one node sends reaches the other.</summary>
    public async Task PassAsync(int from, int to, CancellationToken token)
    {
        while (true)
        {
            Task mended;
            lock (_lock)
            {
                if (!_cut.Contains((from, to)))
                {
                    return;
                }

                mended = _mended.Task;
            }

            await mended.WaitAsync(token);
        }
    }
}
