using System.Globalization;

namespace Actors.Kafka.Tests.Golden;

/// <summary>Numbers that are on disks and in other programs: they never change, they are only added to.</summary>
public sealed class FreezeTests
{
    [Fact]
    public void Api_keys_names_and_versions_are_those_of_the_golden_file() =>
        Compare("apis.txt", ApiTable.All.Select(a => string.Create(
            CultureInfo.InvariantCulture,
            $"{(short)a.Key} {a.Name} {a.LowestVersion}-{a.HighestVersion} {(a.FirstFlexibleVersion == short.MaxValue ? "-" : a.FirstFlexibleVersion.ToString(CultureInfo.InvariantCulture))}")));

    [Fact]
    public void Error_codes_are_those_of_the_golden_file() =>
        Compare("errors.txt", Enum.GetValues<ErrorCode>().Order().Select(e => string.Create(
            CultureInfo.InvariantCulture, $"{(short)e} {e} {e.ToKafkaName()} {(e.IsRetriable() ? "retriable" : "-")}")));

    [Fact]
    public void An_unknown_error_code_keeps_its_number()
    {
        Assert.Equal("1234", ((ErrorCode)1234).ToKafkaName());
        Assert.False(((ErrorCode)1234).IsRetriable());
    }

    [Fact]
    public void The_table_finds_what_it_has_and_nothing_else()
    {
        Assert.All(ApiTable.All, api => Assert.Same(api, ApiTable.Get(api.Key)));
        Assert.All(new short[] { -1, 4, 7, 93, short.MinValue, short.MaxValue }, key => Assert.False(ApiTable.TryGet((ApiKey)key, out _)));
        Assert.Throws<ArgumentOutOfRangeException>(() => ApiTable.Get((ApiKey)4));
    }

    private static void Compare(string file, IEnumerable<string> actual)
    {
        var expected = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Golden", file));
        Assert.Equal(expected, actual);
    }
}
