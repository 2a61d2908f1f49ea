using Orleans;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Hosting;

[GrainType("test.news")]
public sealed class NewsGrain : Grain, INewsGrain
{
    private readonly List<INewsReader> _readers = [];

    public Task Subscribe(INewsReader reader)
    {
        _readers.Add(reader);
        return Task.CompletedTask;
    }

    public async Task<int> Publish(string news)
    {
        foreach (INewsReader reader in _readers.ToArray())
        {
            try
            {
                await reader.Read(news);
            }
            catch (ClientNotAvailableException)
            {
                _readers.Remove(reader);
            }
        }

        return _readers.Count;
    }
}
