using System.Text.RegularExpressions;

namespace Actors.Architecture.Tests;

/// <summary>What README and docs say of the code is so.</summary>
public sealed partial class PageTests
{
    private static readonly Lazy<string> Sources = new(() =>
        Signature(string.Join('\n', SourceTree.With([".cs"], "src").Select(SourceTree.Read))));

    [Fact]
    public void Every_path_that_a_page_names_exists()
    {
        var named =
            from page in SourceTree.With([".md"])
            from Match match in NamedPath().Matches(SourceTree.Read(page))
            select (Page: page, Path: match.Value.TrimEnd('.', '/'));
        var all = named.ToList();

        Assert.InRange(all.Count, 40, int.MaxValue); // the pages are read at all
        Assert.Empty(all.Where(name => !Exists(name.Path)).Select(name => $"{name.Page} names {name.Path}").Distinct());
    }

    [Fact]
    public void Every_signature_in_the_decisions_is_that_of_the_code()
    {
        var signatures =
            from page in SourceTree.With([".md"], "docs/decisions")
            from Match block in Contract().Matches(SourceTree.Read(page))
            from Match signature in Method().Matches(Comment().Replace(block.Groups[1].Value, ""))
            select (Page: page, Text: Signature(signature.Groups[1].Value));
        var all = signatures.ToList();

        Assert.InRange(all.Count, 20, int.MaxValue);
        Assert.Empty(all.Where(one => !Sources.Value.Contains(one.Text, StringComparison.Ordinal)).Select(one => $"{one.Page}: {one.Text}"));
    }

    private static bool Exists(string path)
    {
        var pattern = "^" + Regex.Escape(path).Replace("\\*", "[^/]*", StringComparison.Ordinal) + "($|/)";
        return SourceTree.Files.Any(file => Regex.IsMatch(file, pattern));
    }

    /// <summary>A text without what a contract leaves out: attributes, null marks, default values, white space.</summary>
    private static string Signature(string text) => Space().Replace(Omitted().Replace(text, ""), "");

    [GeneratedRegex(@"(?<![\w/.\-])(src|tests|docs|bench|scripts|deploy|\.ci)/[\w.*\-]+(/[\w.*\-]+)*")]
    private static partial Regex NamedPath();

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Contract();

    [GeneratedRegex(@"(\b[A-Z]\w*\([^()]*\));")]
    private static partial Regex Method();

    [GeneratedRegex(@"//[^\n]*|/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"\[[A-Z]\w*(\([^\]]*\))?\]|\?| = [^,()]+(?=[,)])")]
    private static partial Regex Omitted();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
