using System.Globalization;

namespace Actors.Bench.Report;

/// <summary>The options of a benchmark: <c>--name value</c> pairs and bare <c>--flags</c>.</summary>
/// <remarks>Reading is destructive, so that <see cref="RefuseRest"/> can name what nobody asked for.</remarks>
public sealed class BenchArguments
{
    private readonly Dictionary<string, string?> _values = new(StringComparer.Ordinal);

    /// <summary>Splits the words behind the benchmark's name.</summary>
    /// <exception cref="BenchArgumentException">A word that is no option, or an option given twice.</exception>
    public BenchArguments(IReadOnlyList<string> words)
    {
        for (var index = 0; index < words.Count; index++)
        {
            var word = words[index];
            if (!word.StartsWith("--", StringComparison.Ordinal))
            {
                throw new BenchArgumentException($"'{word}' is no option: options start with --");
            }

            var hasValue = index + 1 < words.Count && !words[index + 1].StartsWith("--", StringComparison.Ordinal);
            if (!_values.TryAdd(word[2..], hasValue ? words[++index] : null))
            {
                throw new BenchArgumentException($"{word} is given twice");
            }
        }
    }

    /// <summary>A flag without a value.</summary>
    public bool Flag(string name) => _values.Remove(name);

    /// <summary>A text option.</summary>
    public string Text(string name, string byDefault) =>
        _values.Remove(name, out var value) ? value ?? throw new BenchArgumentException($"--{name} needs a value") : byDefault;

    /// <summary>The text of <c>--shape</c>, which rows are chosen by; empty for all of them.</summary>
    /// <param name="names">The names of all rows.</param>
    /// <exception cref="BenchArgumentException">None of them contains it.</exception>
    public string Shape(IReadOnlyList<string> names)
    {
        var text = Text("shape", string.Empty);
        return names.Any(name => name.Contains(text, StringComparison.Ordinal))
            ? text
            : throw new BenchArgumentException($"no shape contains '{text}'; the shapes are:\n  {string.Join("\n  ", names)}");
    }

    /// <summary>A whole number that must lie in <paramref name="least"/>..<paramref name="most"/>.</summary>
    public int Number(string name, int byDefault, int least = 0, int most = int.MaxValue)
    {
        if (!_values.Remove(name, out var text))
        {
            return byDefault;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new BenchArgumentException($"--{name} takes a whole number from {least} to {most}, not '{text}'");
    }

    /// <summary>Fails when options are left that the benchmark does not know.</summary>
    public void RefuseRest()
    {
        if (_values.Count > 0)
        {
            throw new BenchArgumentException($"unknown: {string.Join(", ", _values.Keys.Select(name => "--" + name))}");
        }
    }
}
