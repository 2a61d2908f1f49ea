using System.Globalization;
using System.Net.Sockets;
using Actors.Member.Calls;
using Actors.Member.Counts;
using Actors.Member.Errands;
using Actors.Silo.Options;
using Microsoft.Extensions.Hosting;
using Orleans;

namespace Actors.Member;

/// <summary>
/// Does what a test tells this silo: a line on the socket <see cref="SocketName"/> in its data folder, answered by a line. When the silo stops it prints what it has counted.
/// <list type="bullet">
/// <item><c>errand KEY</c> begins an errand; the answer is the node that has it.</item>
/// <item><c>call COUNT</c> calls so many grains from now on, <c>count COUNT</c> so many that store how often they were called;
/// <c>calls</c> says how many calls have been answered.</item>
/// <item><c>starve</c> blocks every thread of the pool, and <c>feed</c> lets them go.</item>
/// </list>
/// </summary>
/// <remarks>It has a thread of its own, which needs none of the pool.</remarks>
internal sealed class OrderTaker(IGrainFactory grains, SiloOptions silo, Caller caller, Tally tally) : IHostedService
{
    /// <summary>The socket's name in the data folder.</summary>
    public const string SocketName = "orders";

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var path = Path.Combine(silo.DataDirectory, SocketName);
        File.Delete(path); // a run before this one may have ended without a word
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        new Thread(() => Serve(listener)) { IsBackground = true, Name = "orders" }.Start();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await caller.EndAsync();
        await Console.Out.WriteLineAsync($"Counted: {tally}");
    }

    private void Serve(Socket listener)
    {
        while (true)
        {
            using var stream = new NetworkStream(listener.Accept(), ownsSocket: true);
            using var reader = new StreamReader(stream);
            using var writer = new StreamWriter(stream) { AutoFlush = true };
            while (reader.ReadLine() is { } order) writer.WriteLine(Obey(order.Split(' ')));
        }
    }

    private string Obey(string[] order)
    {
        try
        {
            return order switch
            {
                ["errand", var key] => Text(grains.GetGrain<IErrandGrain>(key).Begin().GetAwaiter().GetResult()),
                ["call", var count] => Done(() => caller.Begin("place", int.Parse(count, CultureInfo.InvariantCulture), key => grains.GetGrain<IPlaceGrain>(key).Where())),
                ["count", var count] => Done(() => caller.Begin("counter", int.Parse(count, CultureInfo.InvariantCulture), tally.CountAsync)),
                ["calls"] => Text(caller.Answered),
                ["starve"] => Done(Starvation.Begin),
                ["feed"] => Done(Starvation.End),
                _ => "unknown order",
            };
        }
        catch (Exception failure)
        {
            return $"failed: {failure.Message.ReplaceLineEndings(" ")}";
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Done(Action action)
    {
        action();
        return "done";
    }
}
