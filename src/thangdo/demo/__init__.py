"""The demo city: values drawn from one seed, marks solved so that what was printed holds."""

from thangdo.demo.city import SEED, CityYear, demo_year

__all__ = ["SEED", "CityYear", "demo_year"]
