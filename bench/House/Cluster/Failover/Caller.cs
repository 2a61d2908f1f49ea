using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans;

namespace Actors.Bench.Cluster.Failover;

/// <summary>
/// The part of a silo that calls grains of another one, told on standard input: <c>find NODE COUNT</c> and calls them from then on,
/// <c>since TICKS</c> waits for answers to calls made later than that, <c>end</c> calls no more. Each is answered with one line.
/// </summary>
internal sealed class Caller(IServiceProvider services) : IHostedService, IDisposable
{
    private const int AtOnce = 50;
    private static readonly TimeSpan Spread = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _stopping = new();
    private CancellationTokenSource _round = new();
    private List<CalledGrain> _called = [];
    private Task _loops = Task.CompletedTask;
    private int _keys;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ = Task.Run(ListenAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => _stopping.CancelAsync();

    /// <inheritdoc/>
    public void Dispose()
    {
        _round.Dispose();
        _stopping.Dispose();
    }

    private async Task ListenAsync()
    {
        Console.WriteLine("ready");
        while (Console.ReadLine() is { } line)
        {
            string[] words = line.Split(' ');
            Console.WriteLine(words[0] switch
            {
                "find" => await FindAsync(Number(words[1]), Number(words[2])),
                "since" => await SinceAsync(long.Parse(words[1], CultureInfo.InvariantCulture)),
                _ => await EndAsync(),
            });
        }
    }

    /// <summary>Makes grains until so many of them live on a node, and calls those.</summary>
    private async Task<string> FindAsync(int node, int count)
    {
        List<CalledGrain> called = [];
        while (called.Count < count)
        {
            var tried = Enumerable.Range(0, AtOnce).Select(_ => services.GetRequiredService<IGrainFactory>().GetGrain<IHomeGrain>(string.Create(CultureInfo.InvariantCulture, $"home-{++_keys}"))).ToList();
            int[] homes = await Task.WhenAll(tried.Select(static grain => grain.Home()));
            called.AddRange(tried.Where((_, index) => homes[index] == node).Take(count - called.Count).Select(static grain => new CalledGrain(grain)));
        }

        _called = called;
        _round.Dispose();
        _round = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        _loops = Task.WhenAll(called.Select((grain, index) => grain.RunAsync(Spread * index / count, _round.Token)));
        return "found";
    }

    /// <summary>The median and the longest time until a grain's answer, in milliseconds.</summary>
    private async Task<string> SinceAsync(long since)
    {
        double[] answers = await Task.WhenAll(_called.Select(grain => grain.AnswerSinceAsync(since)));
        Array.Sort(answers);
        return string.Create(CultureInfo.InvariantCulture, $"answered {answers[answers.Length / 2]:F1} {answers[^1]:F1}");
    }

    /// <summary>How many calls have failed, and why the last one has.</summary>
    private async Task<string> EndAsync()
    {
        await _round.CancelAsync();
        await _loops;
        string why = _called.Select(static grain => grain.LastFailure).FirstOrDefault(static text => text.Length > 0) ?? "";
        return string.Create(CultureInfo.InvariantCulture, $"failed {_called.Sum(static grain => grain.Failures)} {why.ReplaceLineEndings(" ")}");
    }

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);
}
