using System.Globalization;

namespace Actors.Kafka.Tests.Golden;

/// <summary>One request as a real client sent it: a line <c>API VERSION HEX</c> of a file <c>Golden/CLIENT-VERSION.hex</c>.</summary>
internal sealed record GoldenRequest(string Client, ApiKey ApiKey, short Version, byte[] Frame)
{
    public static IEnumerable<GoldenRequest> ReadAll() =>
        from path in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Golden"), "*.hex").Order(StringComparer.Ordinal)
        from line in File.ReadLines(path)
        where line.Length > 0 && line[0] != '#'
        let words = line.Split(' ')
        select new GoldenRequest(
            Path.GetFileNameWithoutExtension(path),
            Enum.Parse<ApiKey>(words[0]),
            short.Parse(words[1], CultureInfo.InvariantCulture),
            Convert.FromHexString(words[2]));

    public override string ToString() => $"{Client}: {ApiKey} v{Version}";
}
